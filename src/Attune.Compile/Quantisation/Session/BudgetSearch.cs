using System.Collections.Immutable;
using Attune.Devices;

namespace Attune.Compile.Quantisation.Session;

/// <summary>
/// Puts layers back to floats until a network's loss is within a budget: first every layer is measured alone, then the fewest of the most sensitive ones are
/// found by halving, each network measured. Use once.
/// </summary>
/// <param name="prepared">The calibrated network.</param>
/// <param name="judge">Measures the loss.</param>
/// <param name="budget">The loss that is allowed, a share.</param>
/// <param name="work">Counts runs.</param>
internal sealed class BudgetSearch(PreparedQuantisation prepared, CostMeasurement judge, double budget, QuantiseWork work)
{
    private int tried;

    /// <summary>A network within the budget, and its cost.</summary>
    /// <param name="probe">Makes the measurement of single layers, once it is needed.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public Result<BudgetedNetwork, QuantiseError> Run(Func<CostMeasurement> probe, CancellationToken cancellation)
    {
        BudgetedNetwork all = Measure([], cancellation);
        if (all.Cost.Loss <= budget)
        {
            return all with { Report = new BudgetReport(budget, all.Cost.Loss, [], tried) };
        }

        if (prepared.Layers.Length == 1)
        {
            return Exceeded($"With its only layer on bytes {Percent(all.Cost.Loss)} is lost");
        }

        ImmutableArray<LayerSensitivity> order = Sensitivities(probe(), cancellation);
        BudgetedNetwork? best = null;
        BudgetedNetwork nearest = all;
        int tooFew = 0;
        int enough = order.Length;
        while (enough - tooFew > 1)
        {
            int floats = (tooFew + enough) / 2;
            work.Expect(judge.Runs);
            work.Begin($"{floats} of {order.Length} layers in floats");
            BudgetedNetwork at = Measure(order[..floats], cancellation);
            bool fits = at.Cost.Loss <= budget;
            (tooFew, enough) = fits ? (tooFew, floats) : (floats, enough);
            best = fits ? at : best;
            nearest = at.Cost.Loss < nearest.Cost.Loss ? at : nearest;
        }

        return best is not null ? best with { Report = new BudgetReport(budget, all.Cost.Loss, order, tried) }
            : Exceeded($"With all layers on bytes {Percent(all.Cost.Loss)} is lost, with fewer at least {Percent(nearest.Cost.Loss)}");
    }

    private QuantiseError Exceeded(string lost) => new(
        QuantiseFailure.Budget, $"{lost}; {Percent(budget)} is allowed.", "Allow more, give more samples, or try another calibration method.");

    private ImmutableArray<LayerSensitivity> Sensitivities(CostMeasurement probe, CancellationToken cancellation)
    {
        work.Expect(prepared.Layers.Length * probe.Runs);
        var measured = new List<LayerSensitivity>();
        foreach (string layer in prepared.Layers)
        {
            work.Begin($"layer {measured.Count + 1} of {prepared.Layers.Length} alone on bytes");
            measured.Add(new LayerSensitivity(layer, probe.Of(prepared.Alone(layer).Network, work.Step, cancellation).RelativeError));
        }

        return [.. measured.OrderByDescending(layer => layer.RelativeError)];
    }

    private BudgetedNetwork Measure(ImmutableArray<LayerSensitivity> floats, CancellationToken cancellation)
    {
        tried++;
        QuantisedNetwork network = prepared.Build(floats.ToImmutableDictionary(
            layer => layer.Node, layer => $"on bytes it costs too much: an error of {Percent(layer.RelativeError)} alone"));
        return new BudgetedNetwork(network, judge.Of(network.Network, work.Step, cancellation), null);
    }

    private static string Percent(double share) => FormattableString.Invariant($"{share * 100:0.##} %");
}
