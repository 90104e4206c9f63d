using System.Collections.Immutable;

namespace Attune.Design.Search;

/// <summary>
/// Aged-free evolutionary search within a budget, as Once-for-All has it: the best quarter of a generation are parents of the next, half of whose children are
/// mutants and half uniform crossovers; a child over the budget is drawn again, and after many draws repaired by the change of one gene that saves most.
/// Predictions are kept per design, so a design that comes twice costs nothing. Deterministic for a seed. One thread.
/// </summary>
public sealed class EvolutionarySearch
{
    private readonly IGeneSpace space;
    private readonly IDesignModel value;
    private readonly IDesignModel cost;
    private readonly EvolutionOptions options;
    private readonly Dictionary<int[], DesignPoint> known = new(GeneEquality.Instance);

    /// <summary>Prepares a search.</summary>
    /// <param name="space">The designs.</param>
    /// <param name="value">What is to be large.</param>
    /// <param name="cost">What the budget limits.</param>
    /// <param name="options">Parameters; null takes the defaults.</param>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public EvolutionarySearch(IGeneSpace space, IDesignModel value, IDesignModel cost, EvolutionOptions? options = null)
    {
        this.space = space;
        this.value = value;
        this.cost = cost;
        this.options = options ?? new EvolutionOptions();
        ImmutableArray<string> problems = this.options.Problems();
        if (!problems.IsEmpty)
        {
            throw new ArgumentException($"The search cannot run: {string.Join("; ", problems)}.", nameof(options));
        }
    }

    /// <summary>Designs within their budget that any search so far looked at.</summary>
    public IReadOnlyCollection<DesignPoint> Visited => known.Values;

    /// <summary>Predictions of cost so far, designs seen before not counted.</summary>
    public long Predictions { get; private set; }

    /// <summary>Searches.</summary>
    /// <param name="budget">Most cost.</param>
    /// <param name="start">Designs to begin with; those over the budget are repaired. The rest of the first generation is random.</param>
    /// <returns>
    /// The most valuable design within the budget; null when the search found none that fits: the budget is below the fastest design, or nearly.
    /// </returns>
    public DesignPoint? Run(double budget, IEnumerable<int[]>? start = null)
    {
        var random = new Random(options.Seed);
        var generation = new List<DesignPoint>(options.Population);
        foreach (int[] genes in start ?? [])
        {
            AddIf(generation, Repaired(Canonical([.. genes]), budget));
        }

        while (generation.Count < options.Population)
        {
            if (Draw(budget, RandomDesign) is not { } drawn)
            {
                break;
            }

            generation.Add(drawn);
        }

        if (generation.Count == 0)
        {
            return null;
        }

        DesignPoint best = generation.MaxBy(point => point.Value)!;
        int parents = Math.Max(1, (int)(options.ParentShare * options.Population));
        int mutants = (int)(options.MutantShare * options.Population);
        for (int g = 0; g < options.Generations; g++)
        {
            generation.Sort((a, b) => b.Value.CompareTo(a.Value));
            generation.RemoveRange(Math.Min(parents, generation.Count), Math.Max(0, generation.Count - parents));
            int elders = generation.Count;
            for (int child = 0; child < options.Population; child++)
            {
                AddIf(generation, child < mutants
                    ? Draw(budget, () => Mutant(generation[random.Next(elders)].Genes))
                    : Draw(budget, () => Crossover(generation[random.Next(elders)].Genes, generation[random.Next(elders)].Genes)));
            }

            DesignPoint leader = generation.MaxBy(point => point.Value)!;
            best = leader.Value > best.Value ? leader : best;
        }

        return best;

        int[] RandomDesign()
        {
            var genes = new int[space.Genes];
            for (int i = 0; i < genes.Length; i++)
            {
                genes[i] = random.Next(space.ValuesOf(i));
            }

            return genes;
        }

        int[] Mutant(int[] parent)
        {
            int[] genes = [.. parent];
            for (int i = 0; i < genes.Length; i++)
            {
                if (random.NextDouble() < options.GeneProbability)
                {
                    genes[i] = random.Next(space.ValuesOf(i));
                }
            }

            return genes;
        }

        int[] Crossover(int[] left, int[] right)
        {
            int[] genes = [.. left];
            for (int i = 0; i < genes.Length; i++)
            {
                genes[i] = random.Next(2) == 0 ? left[i] : right[i];
            }

            return genes;
        }
    }

    private static void AddIf(List<DesignPoint> generation, DesignPoint? point)
    {
        if (point is not null)
        {
            generation.Add(point);
        }
    }

    /// <summary>Draws until a design fits; repairs the last one when none does.</summary>
    private DesignPoint? Draw(double budget, Func<int[]> draw)
    {
        int[] genes = [];
        for (int i = 0; i < options.Draws; i++)
        {
            genes = Canonical(draw());
            if (Fitting(genes, budget) is { } point)
            {
                return point;
            }
        }

        return Repaired(genes, budget);
    }

    private int[] Canonical(int[] genes)
    {
        space.Canonicalise(genes);
        return genes;
    }

    /// <summary>The design with its predictions when the space allows it and it fits.</summary>
    private DesignPoint? Fitting(int[] genes, double budget)
    {
        if (known.TryGetValue(genes, out DesignPoint? seen))
        {
            return seen.Cost <= budget ? seen : null;
        }

        if (!space.IsAllowed(genes))
        {
            return null;
        }

        Predictions++;
        double predicted = cost.Predict(genes);
        if (!(predicted <= budget))
        {
            return null;
        }

        double worth = value.Predict(genes);
        if (double.IsNaN(worth))
        {
            return null;
        }

        var point = new DesignPoint(genes, worth, predicted);
        known.Add(genes, point);
        return point;
    }

    /// <summary>Changes one gene after another, each time the one that saves most, until the design fits; null when nothing saves anything any more.</summary>
    private DesignPoint? Repaired(int[] genes, double budget)
    {
        int[] now = genes;
        double cheapest = space.IsAllowed(now) ? cost.Predict(now) : double.PositiveInfinity;
        while (true)
        {
            if (Fitting(now, budget) is { } point)
            {
                return point;
            }

            int[]? better = null;
            foreach (int[] neighbour in Neighbours.Of(space, now))
            {
                Predictions++;
                double saved = cost.Predict(neighbour);
                if (saved < cheapest || (double.IsInfinity(cheapest) && !double.IsNaN(saved)))
                {
                    cheapest = saved;
                    better = neighbour;
                }
            }

            if (better is null)
            {
                return null;
            }

            now = better;
        }
    }
}
