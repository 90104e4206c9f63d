using System.Collections.Immutable;

namespace Attune.Bench.Searchers;

/// <summary>All runs on one task.</summary>
/// <param name="Task">The task.</param>
/// <param name="DefaultMs">Time of the template's default configuration, measured together with the bests, milliseconds; null when it failed.</param>
/// <param name="Runs">One run per searcher and seed.</param>
internal sealed record TaskRace(BenchTask Task, double? DefaultMs, ImmutableArray<RaceRun> Runs)
{
    /// <summary>Best times of a searcher in the order of the seeds, milliseconds.</summary>
    public ImmutableArray<double> BestsOf(string searcher) =>
        [.. Runs.Where(run => run.Searcher == searcher).OrderBy(run => run.Seed).Select(run => run.BestMs)];
}
