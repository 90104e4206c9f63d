using System.Collections.Immutable;

namespace Attune.Tuning;

/// <summary>A model that can be timed in blocks of runs. It must not disturb others between its blocks.</summary>
public interface ITimedModel
{
    /// <summary>Runs once without counting, to fill the caches, and then a number of times.</summary>
    /// <param name="runs">Counted runs, at least 1.</param>
    RunBlock Run(int runs);
}

/// <summary>Times of one block.</summary>
/// <param name="Ms">Median time of a run, milliseconds.</param>
/// <param name="StepMs">Median time of every step, milliseconds; may be empty.</param>
public sealed record RunBlock(double Ms, ImmutableArray<double> StepMs);
