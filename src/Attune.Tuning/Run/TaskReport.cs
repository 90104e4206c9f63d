using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Records;

namespace Attune.Tuning;

/// <summary>What a run found for one task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Trials">Trials, replayed ones included, the final re-measurement not.</param>
/// <param name="BestIndex">The configuration to use; the default when nothing was found to be faster.</param>
/// <param name="BestMs">Its time in milliseconds; null when nothing worked.</param>
/// <param name="DefaultMs">Time of the default configuration in milliseconds, measured the same way as <paramref name="BestMs"/>; null when it failed or was not reached.</param>
/// <param name="IsConfirmed">True when best and default were measured again, interleaved, at the end.</param>
/// <param name="End">Why the task got no more trials.</param>
/// <param name="Outcomes">Number of trials by outcome.</param>
/// <param name="LastFailure">Message of the last failure, or null.</param>
public sealed record TaskReport(
    TuningTask Task,
    int Trials,
    long BestIndex,
    double? BestMs,
    double? DefaultMs,
    bool IsConfirmed,
    TaskEnd End,
    ImmutableSortedDictionary<Outcome, int> Outcomes,
    string? LastFailure)
{
    /// <summary>
    /// Configurations worth comparing inside the model, without repetition: the best, the fastest of every other class (<see cref="TuningTask.ClassOf"/>) that is not hopelessly slow, the second fastest, the default.
    /// </summary>
    public ImmutableArray<Finalist> Finalists { get; init; } = [];

    /// <summary>The configuration to use.</summary>
    public Configuration Best => Task.Space[BestIndex];
}
