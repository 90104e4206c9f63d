namespace Attune.Tuning.Comparison;

/// <summary>Where a comparison stands.</summary>
/// <param name="Done">Searches that ended, those of earlier runs included.</param>
/// <param name="Total">All searches.</param>
/// <param name="Reused">Searches taken from the journal.</param>
/// <param name="Elapsed">Time since the start.</param>
/// <param name="Left">Expected time left at the pace so far; null before a search of this run ended.</param>
/// <param name="Last">The search that ended last: space, tuner, seed.</param>
public sealed record TunerBenchmarkProgress(int Done, int Total, int Reused, TimeSpan Elapsed, TimeSpan? Left, string Last);
