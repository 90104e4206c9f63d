using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels.Spaces;
using Attune.Learning;
using Attune.Numerics.Words;
using Attune.Tuning.Auto;
using Attune.Tuning.AutoTvm;
using Attune.Tuning.Bao;
using Attune.Tuning.Bted;
using Attune.Tuning.Chameleon;
using Attune.Tuning.Options;
using Attune.Tuning.Simple;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.Search;

/// <summary>The searchers by name.</summary>
public static class SearcherCatalog
{
    /// <summary>Name of the searcher that is used when nobody chooses.</summary>
    public const string Default = "auto";

    private static readonly ImmutableSortedDictionary<string, Entry> Entries = new Dictionary<string, Entry>(StringComparer.Ordinal)
    {
        ["recall"] = new("what was best on earlier tasks over the same configurations, in that order; a "
            + "baseline of transfer", o => [new RecallSearch(o)], OptionTable<SearcherOptions>.Empty)
        { Learns = true },
        ["random"] = new("uniformly random valid points", _ => [], OptionTable<SearcherOptions>.Empty),
        ["bted"] = new("a BTED initial set, then random points", o => [Designed(o)], SearcherOptions.BtedTable),
        ["bao"] = new(
            "a random initial set, then BAO", o => [Drawn(o), new BaoSearch(o.Bao, o.Seed)], SearcherOptions.InitialTable.And(SearcherOptions.BaoTable),
            o => o.Bao.Alignment),
        ["dgp"] = new(
            "transfer from history or a prior by deep Gaussian processes; cold without", Informed, SearcherOptions.BtedTable.And(SearcherOptions.TransferTable),
            o => o.Auto.Alignment)
        { Learns = true, ReadsPriors = true },
        ["bted+bao"] = new(
            "a BTED initial set, then BAO", o => [Designed(o), new BaoSearch(o.Bao, o.Seed)], SearcherOptions.BtedTable.And(SearcherOptions.BaoTable),
            o => o.Bao.Alignment),
        ["chameleon"] = new(
            "CHAMELEON: a random initial set, then walks of a learning agent, one point measured per cluster",
            o => [Drawn(o), new ChameleonSearch(o.Chameleon, o.Seed)], SearcherOptions.InitialTable.And(SearcherOptions.ChameleonTable)),
        ["auto"] = new("Attune's own: a BTED initial set, then expected improvement under trees and a Gaussian process and BAO, in "
            + "turns (the default)", Informed, SearcherOptions.BtedTable.And(SearcherOptions.AutoTable).And(SearcherOptions.TransferTable),
            o => o.Auto.Alignment)
        { Learns = true, ReadsPriors = true },
        ["grid"] = new("valid points in the order of their index", _ => [new GridSearch()], OptionTable<SearcherOptions>.Empty),
        ["ga"] = new("AutoTVM's genetic algorithm", o => [new GeneticSearch(o.Genetic)], SearcherOptions.GeneticTable),
        ["droplet"] = new("Droplet search: coordinate descent over knob positions", o => [new DropletSearch(o.Droplet, o.Start)], SearcherOptions.DropletTable),
        ["autotvm"] = new(
            "AutoTVM: boosted trees and simulated annealing", o => [new AutoTvmSearch(o.AutoTvm, BoostingLoss.Squared, o.Seed, o.History)],
            SearcherOptions.AutoTvmTable)
        { Learns = true },
        ["autotvm-rank"] = new(
            "AutoTVM with the pairwise rank loss", o => [new AutoTvmSearch(o.AutoTvm, BoostingLoss.Pairwise, o.Seed, o.History)],
            SearcherOptions.AutoTvmTable)
        { Learns = true },
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>All names, sorted.</summary>
    public static ImmutableArray<string> Names => [.. Entries.Keys];

    /// <summary>True when there is such a searcher.</summary>
    public static bool Knows(string name) => Entries.ContainsKey(name);

    /// <summary>Those that learn from <see cref="SearcherOptions.History"/>, sorted.</summary>
    public static ImmutableArray<string> Learners => [.. Entries.Where(entry => entry.Value.Learns).Select(entry => entry.Key)];

    /// <summary>Those that learn from <see cref="SearcherOptions.Prior"/>, sorted; they learn from history too.</summary>
    public static ImmutableArray<string> PriorReaders => [.. Entries.Where(entry => entry.Value.ReadsPriors).Select(entry => entry.Key)];

    /// <summary>One line on a searcher.</summary>
    /// <exception cref="ArgumentException">There is no such searcher.</exception>
    public static string Describe(string name) => Find(name).Description;

    /// <summary>The options that a searcher takes by name, with the values that a record gives them.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">The record; null takes the defaults.</param>
    /// <exception cref="ArgumentException">There is no such searcher.</exception>
    public static ImmutableArray<TunerOption> OptionsOf(string name, SearcherOptions? options = null) =>
        Find(name).Options.Describe(options ?? new SearcherOptions());

    /// <summary>Applies assignments NAME=VALUE to the options of a searcher.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">The record to start from.</param>
    /// <param name="assignments">Texts such as "radius=2.5".</param>
    /// <returns>The new options, or every problem with what to type instead.</returns>
    /// <exception cref="ArgumentException">There is no such searcher.</exception>
    public static Result<SearcherOptions, OptionProblems> Bind(string name, SearcherOptions options, IEnumerable<string> assignments) =>
        Find(name).Options.Bind(options, assignments);

    /// <summary>Makes a searcher over a space.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="space">The space to search.</param>
    /// <param name="options">Options; null takes the defaults.</param>
    /// <exception cref="ArgumentException">There is no such searcher (the message names the nearest), or an option is out of range.</exception>
    public static ISearcher Create(string name, Space space, SearcherOptions? options = null)
    {
        Entry entry = Find(name);
        SearcherOptions checkedOptions = (options ?? new SearcherOptions()).Validated();
        return new StagedSearcher(
            name,
            new SearchMemory(space, checkedOptions.Seed, entry.Aligned?.Invoke(checkedOptions) == true),
            [new StartingPoints(checkedOptions.Start, checkedOptions.Suggestions), .. entry.Stages(checkedOptions)]);
    }

    /// <summary>The name most like a mistyped one.</summary>
    public static string Nearest(string name) => NearMiss.Nearest(name, Entries.Keys)!;

    private static Entry Find(string name) => Entries.TryGetValue(name, out Entry? entry)
        ? entry
        : throw new ArgumentException(
            $"There is no searcher '{name}'; did you mean '{Nearest(name)}'? Known: {string.Join(", ", Entries.Keys)}.", nameof(name));

    /// <summary>What earlier tasks knew, then the search of <c>auto</c>; without history the latter alone.</summary>
    private static IReadOnlyList<IProposer> Informed(SearcherOptions options)
    {
        var recall = new RecallSearch(options, options.Transfer.Recalled, between: true);
        return [recall, new TransferSearch(options, recall), Designed(options, options.Auto.InitialLimit, recall), new AutoSearch(options.Auto, options.Seed)];
    }

    private static InitialDesign Designed(SearcherOptions options, int limit = int.MaxValue, RecallSearch? recall = null) =>
        new(
            options.InitialPoints ?? Math.Min(options.InitialSize, limit),
            (memory, count) => BatchTransductiveDesign.Choose(memory, count, options.Bted),
            recall);

    private static InitialDesign Drawn(SearcherOptions options) =>
        new(options.InitialSize, (memory, count) => memory.Sampler.Draw(count, memory.Random, memory.IsKnown));

    private sealed record Entry(
        string Description,
        Func<SearcherOptions,
        IReadOnlyList<IProposer>> Stages,
        OptionTable<SearcherOptions> Options,
        Func<SearcherOptions,
        bool>? Aligned = null)
    {
        /// <summary>True when history is used.</summary>
        public bool Learns { get; init; }

        /// <summary>True when a prior file is used too.</summary>
        public bool ReadsPriors { get; init; }
    }
}
