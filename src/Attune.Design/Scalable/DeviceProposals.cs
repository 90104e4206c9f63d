using Attune.Design.Search;

namespace Attune.Design.Scalable;

/// <summary>
/// What an optimiser of the multiplier form proposes for one device: the designs of 64 multipliers with their predictions, computed once. They do not depend on
/// a budget, so every budget on the device is answered by going through a short list. Immutable; safe for several threads.
/// </summary>
public sealed class DeviceProposals
{
    private const double Slack = 1.03;
    private const int Multipliers = 64;
    private readonly DesignPoint[] points;

    private DeviceProposals(DesignPoint[] points) => this.points = points;

    /// <summary>Designs that are proposed, each predicted once.</summary>
    public int Count => points.Length;

    /// <summary>Asks the optimiser.</summary>
    /// <param name="optimizer">Trained in the multiplier form.</param>
    /// <param name="embedding">The device.</param>
    /// <param name="range">Least and most multiplier.</param>
    /// <param name="space">The designs.</param>
    /// <param name="accuracy">Predicted accuracy.</param>
    /// <param name="latency">Predicted latency on the device, milliseconds.</param>
    public static DeviceProposals Of(
        NeuralOptimizer optimizer,
        DeviceEmbedding embedding,
        (double Min, double Max) range,
        IGeneSpace space,
        NetworkDesignModel accuracy,
        NetworkDesignModel latency)
    {
        Span<double> multipliers = stackalloc double[Multipliers];
        double ratio = Math.Log(range.Max / range.Min);
        for (int i = 0; i < Multipliers; i++)
        {
            multipliers[i] = range.Min * Math.Exp(ratio * i / (Multipliers - 1));
        }

        List<int[]> designs = optimizer.Propose(embedding.Features, multipliers);
        foreach (int[] design in designs)
        {
            space.Canonicalise(design);
        }

        int[][] distinct = [.. designs.Where(design => space.IsAllowed(design)).Distinct(GeneEquality.Instance)];
        var values = new double[distinct.Length];
        var costs = new double[distinct.Length];
        accuracy.Predict(distinct, values);
        latency.Predict(distinct, costs);
        return new DeviceProposals([.. distinct.Select((design, i) => new DesignPoint(design, values[i], costs[i])).OrderByDescending(point => point.Value)]);
    }

    /// <summary>
    /// Designs for a budget, those that the predictors hold for the most accurate first; 3 % over it count, since predictions are no better. Allocates nothing.
    /// </summary>
    /// <param name="budget">Milliseconds.</param>
    /// <param name="answers">Receives them.</param>
    /// <returns>Their number; 0 when nothing seems feasible.</returns>
    public int Within(double budget, Span<DesignPoint> answers)
    {
        int count = 0;
        for (int i = 0; i < points.Length && count < answers.Length; i++)
        {
            if (points[i].Cost <= Slack * budget)
            {
                answers[count++] = points[i];
            }
        }

        return count;
    }
}
