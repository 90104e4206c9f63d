using Attune.Tuning.Search;

namespace Attune.Tuning.Run;

/// <summary>How a tuning run spends its effort. At least one of <see cref="Budget"/> and <see cref="Trials"/> must be given.</summary>
public sealed record TuningOptions
{
    /// <summary>Wall-clock time for everything, the final re-measurement included; null for no limit. Above zero.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>Trials over all tasks, replayed ones included so that a resumed run does the rest; null for no limit. At least 1.</summary>
    public int? Trials { get; init; }

    /// <summary>Threads every kernel runs on, at least 1. Default 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Seed of all searches. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Name in the <see cref="SearcherCatalog"/>. Default <see cref="SearcherCatalog.Default"/>.</summary>
    public string Searcher { get; init; } = SearcherCatalog.Default;

    /// <summary>Template of every task's searcher options; seed, start and expected trials are filled in by the run.</summary>
    public SearcherOptions Search { get; init; } = new();

    /// <summary>Trials a task gets at a time, 1 to 256: the model is fitted once per batch. Default 8.</summary>
    public int Batch { get; init; } = 8;

    /// <summary>Trials without a new best after which a task is left alone, at least 1. Default 160 (AutoTVM: 400 for one task alone).</summary>
    public int Patience { get; init; } = 160;

    /// <summary>
    /// Consecutive candidates without a time (crash, hang, wrong result, no compilation) after which a task is given up, at least 1. Default 24.
    /// </summary>
    public int FailuresInARow { get; init; } = 24;

    /// <summary>
    /// Fastest candidates of a task that are measured again at the end, interleaved with each other and the default; 0 skips that. Default 4.
    /// </summary>
    public int FinalCandidates { get; init; } = 4;

    /// <summary>Times every final candidate is measured again, at least 1. Default 3.</summary>
    public int FinalRounds { get; init; } = 3;

    /// <summary>
    /// Runs of a chosen configuration that are compared with the reference before it is used, at least 1. Default 1000: one that is wrong once in a hundred is
    /// found but for 1 in 20,000.
    /// </summary>
    public int ConfirmationRuns { get; init; } = 1000;

    /// <summary>
    /// Time after which fewer runs of one configuration will do (but never fewer than one on every kind of input), above zero. Default 0.5 s.
    /// </summary>
    public TimeSpan ConfirmationTime { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">Names all values out of range.</exception>
    public TuningOptions Validated()
    {
        var problems = new List<string>();
        Require(Budget is not null || Trials is not null, "neither a time budget nor a number of trials is given");
        Require(Budget is null || Budget > TimeSpan.Zero, $"Budget {Budget} is not above zero");
        Require(Trials is null or >= 1, $"Trials {Trials} is below 1");
        Require(Threads >= 1, $"Threads {Threads} is below 1");
        Require(Batch is >= 1 and <= 256, $"Batch {Batch} is not in 1..256");
        Require(Patience >= 1, $"Patience {Patience} is below 1");
        Require(FailuresInARow >= 1, $"FailuresInARow {FailuresInARow} is below 1");
        Require(FinalCandidates >= 0, $"FinalCandidates {FinalCandidates} is negative");
        Require(FinalRounds >= 1, $"FinalRounds {FinalRounds} is below 1");
        Require(ConfirmationRuns >= 1, $"ConfirmationRuns {ConfirmationRuns} is below 1");
        Require(ConfirmationTime > TimeSpan.Zero, $"ConfirmationTime {ConfirmationTime} is not above zero");
        Require(SearcherCatalog.Knows(Searcher), $"there is no searcher '{Searcher}', did you mean '{SearcherCatalog.Nearest(Searcher)}'");
        Search.Validated();
        return problems.Count == 0 ? this : throw new ArgumentException($"Tuning options: {string.Join("; ", problems)}.");

        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                problems.Add(otherwise);
            }
        }
    }
}
