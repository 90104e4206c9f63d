namespace Attune.Design.Proxies;

/// <summary>What a fleet and a few measurements say of all designs on a target; milliseconds.</summary>
/// <param name="Latency">The prediction.</param>
/// <param name="Stacked">The part that comes from the stack of devices with corrections per unit.</param>
/// <param name="Shared">The part that comes from the process over what the fleet shares.</param>
/// <param name="Shares">Weights of the devices in the stack, in their order, for latencies over their mean.</param>
public sealed record FleetPrediction(double[] Latency, double[] Stacked, double[] Shared, double[] Shares)
{
    /// <summary>How far the two parts are apart, as a share of the latency: where it is large, one more measurement says most.</summary>
    public double Disagreement(int design) => Math.Abs(Stacked[design] - Shared[design]) / Math.Max(1e-12, Math.Abs(Latency[design]));

    /// <summary>The design about which the parts disagree most among some.</summary>
    /// <param name="designs">Positions, at least one.</param>
    public int NextToMeasure(IEnumerable<int> designs) => designs.MaxBy(Disagreement);
}
