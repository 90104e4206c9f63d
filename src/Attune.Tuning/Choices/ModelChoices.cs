using System.Collections.Immutable;
using Attune.Compile.Flow;
using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;

namespace Attune.Tuning.Choices;

/// <summary>
/// The choices of a model as a graph. Nodes are sites; an edge's cost is the time in which the busiest thread fetches what another core has written, because
/// the two kernels share their work differently. Pairs that may be fused are alternatives of both halves, which must agree; sites of one task must agree too,
/// since a model holds one configuration per task.
/// </summary>
internal sealed class ModelChoices
{
    private readonly ModelDataFlow flow;
    private readonly double msPerByte;
    private readonly int[] siteOf;
    private readonly Dictionary<(int First, int Second), double[,]> tables = [];

    // What a site pays towards steps without a choice, and towards itself when one of its steps follows another.
    private readonly double[][] fixedCosts;

    /// <summary>Builds the graph's nodes and edges.</summary>
    /// <param name="flow">The model.</param>
    /// <param name="alternatives">Alternatives by task key and pair key, the fastest alone first; tasks that are missing keep their default.</param>
    /// <param name="secondsPerByte">Time of fetching a byte from another core.</param>
    public ModelChoices(ModelDataFlow flow, IReadOnlyDictionary<string, ImmutableArray<TaskAlternative>> alternatives, double secondsPerByte)
    {
        this.flow = flow;
        msPerByte = secondsPerByte * 1e3;
        siteOf = new int[flow.Steps.Length];
        Sites = MakeSites(alternatives);
        fixedCosts = [.. Sites.Select(site => new double[site.Alternatives.Length])];
        for (int edge = 0; edge < flow.Edges.Length; edge++)
        {
            AddEdge(edge);
        }

        AddAgreements();
    }

    /// <summary>Sites in order of their first step.</summary>
    public ImmutableArray<ChoiceSite> Sites { get; }

    /// <summary>
    /// The choices of a model with default configurations throughout, nothing fused that need not be; null when a site has no default among its alternatives.
    /// </summary>
    public int[]? Defaults()
    {
        int[] defaults = [.. Sites.Select(site => Enumerable.Range(0, site.Own).FirstOrDefault(i => site.Alternatives[i].IsDefault, -1))];
        return defaults.Contains(-1) ? null : defaults;
    }

    /// <summary>Time alone of every alternative, all steps of a site together, milliseconds.</summary>
    public double[][] AloneCosts() => [.. Sites.Select(site => site.Alternatives.Select(alternative => alternative.Ms * site.Steps.Length).ToArray())];

    /// <summary>The graph with given costs of the alternatives.</summary>
    public ChoiceGraph Graph(double[][] costs) => new(
        [.. costs.Select((own, site) => own.Select((cost, alternative) => cost + fixedCosts[site][alternative]).ToImmutableArray())],
        [.. tables.OrderBy(pair => pair.Key).Select(pair => new ChoiceEdge(pair.Key.First, pair.Key.Second, pair.Value))]);

    /// <summary>Predicted cost of fetching what a site's steps read, milliseconds.</summary>
    public double FetchMs(int site, IReadOnlyList<int> choices)
    {
        double sum = 0;
        for (int edge = 0; edge < flow.Edges.Length; edge++)
        {
            if (siteOf[flow.Edges[edge].Consumer] == site)
            {
                int producer = siteOf[flow.Edges[edge].Producer];
                sum += CostOf(edge, producer < 0 ? 0 : choices[producer], choices[site]);
            }
        }

        return sum;
    }

    /// <summary>Knob texts by task or pair key, as models are compiled from.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Configurations(IReadOnlyList<int> choices)
    {
        var result = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        for (int i = 0; i < Sites.Length; i++)
        {
            bool fused = Sites[i].IsFused(choices[i]);
            result[fused ? Sites[i].PairKey! : Sites[i].TaskKey] = Sites[i].Alternatives[choices[i]].Configuration.ToLabels();
        }

        return result;
    }

    /// <summary>Times of all sites in a model of these choices; those of a fused pair stand at its second half.</summary>
    /// <param name="choices">The choices.</param>
    /// <param name="searchedMs">Times of the model's searched steps, in order.</param>
    public double[] SiteTimes(IReadOnlyList<int> choices, IReadOnlyList<double> searchedMs)
    {
        var sums = new double[Sites.Length];
        int next = 0;
        for (int step = 0; step < siteOf.Length; step++)
        {
            int site = siteOf[step];
            if (site >= 0 && !(Sites[site].IsFirst && Sites[site].IsFused(choices[site])))
            {
                sums[site] += searchedMs[next++];
            }
        }

        return sums;
    }

    /// <summary>The other half of a pair's site, or -1.</summary>
    public int Partner(int site) => Sites[site].PairKey is { } pair ? Enumerable.Range(0, Sites.Length).First(i => i != site && Sites[i].PairKey == pair) : -1;

    private ImmutableArray<ChoiceSite> MakeSites(IReadOnlyDictionary<string, ImmutableArray<TaskAlternative>> alternatives)
    {
        Dictionary<int, (FlowPair Pair, bool IsFirst)> halves = [];
        foreach (FlowPair pair in flow.Pairs.Where(pair => alternatives.ContainsKey(pair.Workload.Key)))
        {
            halves[pair.First] = (pair, true);
            halves[pair.Second] = (pair, false);
        }

        Array.Fill(siteOf, -1);
        var groups = Enumerable.Range(0, flow.Steps.Length).Where(step => flow.Steps[step].Workload is not null)
            .GroupBy(step => (flow.Steps[step].Workload!.Key, halves.TryGetValue(step, out var half) ? half.Pair.Workload.Key : null));
        var sites = ImmutableArray.CreateBuilder<ChoiceSite>();
        foreach (var group in groups)
        {
            WeightedWorkload workload = flow.Steps[group.First()].Workload!;
            IEnumerable<TaskAlternative> own = alternatives.TryGetValue(workload.Key, out ImmutableArray<TaskAlternative> given)
                ? given
                : [DefaultOf(workload)];
            var all = own.Select(alternative => new SiteAlternative(
                alternative.Configuration, WorkPartitions.Of(workload, alternative.Configuration), alternative.Ms, alternative.IsDefault)).ToList();
            int count = all.Count;
            bool isFirst = false;
            if (group.Key.Item2 is { } pairKey)
            {
                (FlowPair pair, isFirst) = halves[group.First()];
                bool second = !isFirst;
                all.AddRange(alternatives[pairKey].Select(alternative => new SiteAlternative(
                    alternative.Configuration, WorkPartitions.Of(pair.Workload, alternative.Configuration), second ? alternative.Ms : 0, IsDefault: false)));
            }

            foreach (int step in group)
            {
                siteOf[step] = sites.Count;
            }

            sites.Add(new ChoiceSite(workload.Key, group.Key.Item2, isFirst, [.. group], [.. all], count));
        }

        return sites.ToImmutable();
    }

    private TaskAlternative DefaultOf(WeightedWorkload workload)
    {
        Space space = KernelTemplates.CreateSpace(workload, flow.Target);
        return new TaskAlternative(space[KernelTemplates.DefaultIndex(workload, space, flow.Target)], 0) { IsDefault = true };
    }

    private void AddEdge(int edge)
    {
        int producer = siteOf[flow.Edges[edge].Producer];
        int consumer = siteOf[flow.Edges[edge].Consumer];
        if (producer < 0 && consumer < 0)
        {
            return;
        }

        if (producer < 0 || consumer < 0 || producer == consumer)
        {
            int site = Math.Max(producer, consumer);
            for (int alternative = 0; alternative < fixedCosts[site].Length; alternative++)
            {
                fixedCosts[site][alternative] += CostOf(edge, alternative, alternative);
            }

            return;
        }

        double[,] table = TableOf(Math.Min(producer, consumer), Math.Max(producer, consumer));
        for (int i = 0; i < Sites[producer].Alternatives.Length; i++)
        {
            for (int j = 0; j < Sites[consumer].Alternatives.Length; j++)
            {
                (int row, int column) = producer < consumer ? (i, j) : (j, i);
                table[row, column] += CostOf(edge, i, j);
            }
        }
    }

    private double CostOf(int edge, int producerChoice, int consumerChoice)
    {
        int producer = siteOf[flow.Edges[edge].Producer];
        int consumer = siteOf[flow.Edges[edge].Consumer];
        bool inside = producer >= 0 && consumer >= 0 && Sites[producer] is { IsFirst: true } && Sites[producer].IsFused(producerChoice);
        return inside ? 0 : msPerByte * flow.ForeignBytes(
            edge,
            producer < 0 ? null : Sites[producer].Alternatives[producerChoice].Partition,
            consumer < 0 ? null : Sites[consumer].Alternatives[consumerChoice].Partition);
    }

    private void AddAgreements()
    {
        for (int first = 0; first < Sites.Length; first++)
        {
            for (int second = first + 1; second < Sites.Length; second++)
            {
                bool sameTask = Sites[first].TaskKey == Sites[second].TaskKey;
                bool samePair = Sites[first].PairKey is { } pair && pair == Sites[second].PairKey;
                if (sameTask || samePair)
                {
                    Forbid(first, second, sameTask, samePair);
                }
            }
        }
    }

    private void Forbid(int first, int second, bool sameTask, bool samePair)
    {
        (ChoiceSite a, ChoiceSite b) = (Sites[first], Sites[second]);
        double[,] table = TableOf(first, second);
        for (int i = 0; i < a.Alternatives.Length; i++)
        {
            for (int j = 0; j < b.Alternatives.Length; j++)
            {
                bool disagrees = samePair && (a.IsFused(i) != b.IsFused(j) || (a.IsFused(i) && i - a.Own != j - b.Own));
                bool twoConfigurations = sameTask && !a.IsFused(i) && !b.IsFused(j) && i != j;
                if (disagrees || twoConfigurations)
                {
                    table[i, j] = double.PositiveInfinity;
                }
            }
        }
    }

    private double[,] TableOf(int first, int second)
    {
        if (!tables.TryGetValue((first, second), out double[,]? table))
        {
            table = new double[Sites[first].Alternatives.Length, Sites[second].Alternatives.Length];
            tables.Add((first, second), table);
        }

        return table;
    }
}
