using Attune.Design.Search;

namespace Attune.Design.Scalable;

/// <summary>
/// Answers a budget on a device with designs to be measured: what the neural optimiser proposes for budgets around it, where asked for with all designs one
/// gene away, and once more around the best three; those that the predictors hold for feasible, the most accurate first. Predictions can be wrong by a few
/// percent, so at least five should be measured.
/// </summary>
/// <param name="space">The designs.</param>
/// <param name="accuracy">Predicted accuracy.</param>
/// <param name="latency">Predicted latency on the device, milliseconds.</param>
public sealed class NeuralQuery(IGeneSpace space, IDesignModel accuracy, IDesignModel latency)
{
    private const double Slack = 1.03;
    private const int Refined = 3;
    private const int Multipliers = 64;
    private static readonly double[] AroundBudget = [0.8, 0.87, 0.93, 1, 1.05];
    private readonly Dictionary<int[], DesignPoint> known = new(GeneEquality.Instance);

    /// <summary>Designs whose predictions were asked for.</summary>
    public int Predictions => known.Count;

    /// <summary>Asks an optimiser of the budget form.</summary>
    /// <param name="optimizer">The optimiser.</param>
    /// <param name="embedding">The device.</param>
    /// <param name="budget">Milliseconds.</param>
    /// <param name="count">Designs wanted.</param>
    /// <param name="local">True looks at neighbours too.</param>
    /// <returns>At most that many, the most accurate first; empty when nothing seems feasible.</returns>
    public List<DesignPoint> ForBudget(NeuralOptimizer optimizer, DeviceEmbedding embedding, double budget, int count, bool local)
    {
        double reference = Math.Exp(embedding.LogSpeed);
        return Best(optimizer.Propose(embedding.Features, [.. AroundBudget.Select(share => share * budget / reference)]), budget, count, local);
    }

    /// <summary>Asks an optimiser of the multiplier form: the designs of many multipliers are the candidates for every budget.</summary>
    /// <param name="optimizer">The optimiser.</param>
    /// <param name="embedding">The device.</param>
    /// <param name="range">Least and most multiplier.</param>
    /// <param name="budget">Milliseconds.</param>
    /// <param name="count">Designs wanted.</param>
    /// <param name="local">True looks at neighbours too.</param>
    public List<DesignPoint> ForMultipliers(
        NeuralOptimizer optimizer, DeviceEmbedding embedding, (double Min, double Max) range, double budget, int count, bool local)
    {
        double[] multipliers = [.. Enumerable.Range(0, Multipliers).Select(i => range.Min * Math.Pow(range.Max / range.Min, i / (Multipliers - 1.0)))];
        return Best(optimizer.Propose(embedding.Features, multipliers), budget, count, local);
    }

    private List<DesignPoint> Best(List<int[]> proposals, double budget, int count, bool local)
    {
        foreach (int[] proposal in proposals)
        {
            space.Canonicalise(proposal);
            if (space.IsAllowed(proposal))
            {
                Look(proposal);
            }
        }

        if (local)
        {
            LookAround(proposals);
            Descend(budget);
            LookAround([.. Feasible(budget).Take(Refined).Select(point => point.Genes)]);
        }

        return [.. Feasible(budget).Take(count)];
    }

    private IEnumerable<DesignPoint> Feasible(double budget) =>
        known.Values.Where(point => point.Cost <= Slack * budget).OrderByDescending(point => point.Value);

    // Where nothing that was proposed fits the budget, the way goes down in latency, one gene at a time, until something does or nothing is cheaper.
    private void Descend(double budget)
    {
        DesignPoint? from = null;
        while (known.Count > 0
            && known.Values.MinBy(point => point.Cost) is { } cheapest
            && cheapest.Cost > budget * Slack
            && !ReferenceEquals(cheapest.Genes, from?.Genes))
        {
            from = cheapest;
            LookAround([cheapest.Genes]);
        }
    }

    private void LookAround(List<int[]> designs)
    {
        foreach (int[] design in designs)
        {
            foreach (int[] neighbour in Neighbours.Of(space, design))
            {
                Look(neighbour);
            }
        }
    }

    private void Look(int[] genes)
    {
        if (!known.ContainsKey(genes))
        {
            known.Add(genes, new DesignPoint(genes, accuracy.Predict(genes), latency.Predict(genes)));
        }
    }
}
