using System.Collections.Immutable;
using Attune.Tuning.Run;
using Attune.Tuning.Search;

namespace Attune.Bench.Searchers;

/// <summary>What is compared with what.</summary>
internal sealed record RaceOptions
{
    /// <summary>Names in the <see cref="SearcherCatalog"/>; the first one is what the others are compared with. At least 2, different.</summary>
    public ImmutableArray<string> Searchers { get; init; } = ["random", SearcherCatalog.Default];

    /// <summary>Runs per task and searcher, with the seeds 1, 2, ... At least 2: a spread needs two.</summary>
    public int Seeds { get; init; } = 10;

    /// <summary>Candidates a run may ask for. At least 1.</summary>
    public int Trials { get; init; } = 64;

    /// <summary>Threads of the kernels. At least 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Candidates asked for at a time, as in <see cref="TuningOptions.Batch"/>.</summary>
    public int Batch { get; init; } = 8;

    /// <summary>Times that the best of every run is measured again. At least 1.</summary>
    public int FinalRounds { get; init; } = 5;

    /// <summary>Everything that is wrong with these options; empty when nothing is.</summary>
    public ImmutableArray<string> Problems() =>
    [
        .. Searchers.Where(name => !SearcherCatalog.Knows(name)).Select(
            name => $"there is no searcher '{name}' (known: {string.Join(", ", SearcherCatalog.Names)})"),
        .. Check(Searchers.Length >= 2 && Searchers.Distinct().Count() == Searchers.Length, "--searchers needs at least two different names"),
        .. Check(Seeds >= 2, "--seeds must be at least 2"),
        .. Check(Trials >= 1, "--trials must be at least 1"),
        .. Check(Threads >= 1 && Threads <= Environment.ProcessorCount, $"--threads must be 1 to {Environment.ProcessorCount} on this machine"),
        .. Check(Batch >= 1, "--batch must be at least 1"),
        .. Check(FinalRounds >= 1, "--final-rounds must be at least 1"),
    ];

    private static IEnumerable<string> Check(bool holds, string otherwise) => holds ? [] : [otherwise];
}
