using Attune.Design.Pareto;

namespace Attune.Design.Search;

/// <summary>Finds the designs that are worth measuring: the first layers of the front of predicted cost and value.</summary>
public static class FrontSearch
{
    /// <summary>Largest number of gene vectors that <see cref="Exhaustive"/> goes through.</summary>
    public const long MaxVectors = 20_000_000;

    /// <summary>Number of gene vectors of a space, canonical or not; at most <see cref="long.MaxValue"/>.</summary>
    public static long VectorsOf(IGeneSpace space)
    {
        double vectors = 1;
        for (int i = 0; i < space.Genes; i++)
        {
            vectors *= space.ValuesOf(i);
        }

        return vectors < long.MaxValue ? (long)vectors : long.MaxValue;
    }

    /// <summary>Every canonical design of a space that its rules allow.</summary>
    /// <exception cref="ArgumentException">The space has more than <see cref="MaxVectors"/> vectors.</exception>
    public static IEnumerable<int[]> Designs(IGeneSpace space)
    {
        if (VectorsOf(space) > MaxVectors)
        {
            throw new ArgumentException(
                $"The space has {VectorsOf(space)} gene vectors, too many to go through (at most {MaxVectors}); use an evolutionary search.", nameof(space));
        }

        var genes = new int[space.Genes];
        var canonical = new int[genes.Length];
        do
        {
            genes.CopyTo(canonical, 0);
            space.Canonicalise(canonical);
            if (canonical.AsSpan().SequenceEqual(genes) && space.IsAllowed(genes))
            {
                yield return [.. genes];
            }
        }
        while (Advance(space, genes));
    }

    /// <summary>Looks at every design of a small space.</summary>
    /// <param name="space">The space.</param>
    /// <param name="value">What is to be large.</param>
    /// <param name="cost">What is to be small.</param>
    /// <param name="layers">Layers of the front, at least 1.</param>
    /// <returns>The layers' designs, the front first, each layer by rising cost.</returns>
    public static DesignPoint[] Exhaustive(IGeneSpace space, IDesignModel value, IDesignModel cost, int layers = 3) =>
        Layers([.. Designs(space).Select(genes => new DesignPoint(genes, value.Predict(genes), cost.Predict(genes)))], layers);

    /// <summary>
    /// Evolutionary searches for budgets in equal ratios between the cheapest and the costliest design that such searches find, over all designs that they
    /// visited.
    /// </summary>
    /// <param name="space">The space.</param>
    /// <param name="value">What is to be large.</param>
    /// <param name="cost">What is to be small.</param>
    /// <param name="budgets">Number of budgets, at least 2; 10 to 20 cover a front.</param>
    /// <param name="options">Parameters of each search.</param>
    /// <param name="layers">Layers of the front, at least 1.</param>
    public static DesignPoint[] Evolutionary(
        IGeneSpace space, IDesignModel value, IDesignModel cost, int budgets = 12, EvolutionOptions? options = null, int layers = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(budgets, 2);
        var search = new EvolutionarySearch(space, value, cost, options);
        if (search.Run(double.MaxValue) is not { } richest)
        {
            return [];
        }

        var cheap = new EvolutionarySearch(space, new Negated(cost), cost, options);
        double low = cheap.Run(double.MaxValue)!.Cost;
        double high = Math.Max(richest.Cost, low);
        DesignPoint[] start = [richest];
        for (int i = budgets - 1; i >= 0; i--)
        {
            double budget = i == budgets - 1 ? high : low * Math.Pow(high / low, (double)i / (budgets - 1));
            // What was good for a larger budget, shrunk, is a good start for a smaller one.
            if (search.Run(budget * (1 + 1e-12), start.Select(point => point.Genes)) is { } best)
            {
                start = [best];
            }
        }

        return Layers([.. search.Visited, .. cheap.Visited.Select(point => point with { Value = value.Predict(point.Genes) })], layers);
    }

    private static DesignPoint[] Layers(DesignPoint[] points, int layers)
    {
        DesignPoint[] distinct = [.. points.DistinctBy(point => point.Genes, GeneEquality.Instance)];
        return [.. ParetoFront.Union([.. distinct.Select(point => point.Cost)], [.. distinct.Select(point => point.Value)], layers).Select(i => distinct[i])];
    }

    private static bool Advance(IGeneSpace space, int[] genes)
    {
        for (int i = genes.Length - 1; i >= 0; i--)
        {
            if (++genes[i] < space.ValuesOf(i))
            {
                return true;
            }

            genes[i] = 0;
        }

        return false;
    }

    private sealed class Negated(IDesignModel model) : IDesignModel
    {
        public double Predict(ReadOnlySpan<int> genes) => -model.Predict(genes);
    }
}
