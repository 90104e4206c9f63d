using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Records;

namespace Attune.Tuning.Run;

/// <summary>What a run found for one task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Trials">Trials, replayed ones included, the final re-measurement not.</param>
/// <param name="BestIndex">The configuration to use; the default when nothing was found to be faster.</param>
/// <param name="BestMs">Its time in milliseconds; null when nothing worked.</param>
/// <param name="DefaultMs">
/// Time of the default configuration in milliseconds, measured the same way as <paramref name="BestMs"/>; null when it failed or was not reached.
/// </param>
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
    /// Configurations worth comparing inside the model, without repetition: the best, the fastest of every other class (<see cref="TuningTask.ClassOf"/>) that
    /// is not hopelessly slow, the second fastest, the default.
    /// </summary>
    public ImmutableArray<Finalist> Finalists { get; init; } = [];

    /// <summary>
    /// Configurations of which hundreds of runs were compared with the reference at the end, <see cref="BestIndex"/> among them unless it was never measured or
    /// the run was cut short.
    /// </summary>
    public ImmutableHashSet<long> Confirmed { get; init; } = [];

    /// <summary>Configurations that gave a wrong result, in this run or an earlier one.</summary>
    public ImmutableHashSet<long> Disqualified { get; init; } = [];

    /// <summary>True when nothing but the default is used, so that there is nothing to compare: a ratio of two equal programs would only show noise.</summary>
    internal bool RunsDefault => BestMs is null || BestIndex == Task.DefaultIndex;

    /// <summary>The report without a configuration that gave a wrong result after all: the next best takes its place.</summary>
    public TaskReport Without(long index)
    {
        ImmutableArray<Finalist> left = Finalists.RemoveAll(finalist => finalist.Index == index);
        TaskReport rest = this with
        {
            Finalists = left,
            Confirmed = Confirmed.Remove(index),
            Disqualified = Disqualified.Add(index),
            DefaultMs = index == Task.DefaultIndex ? null : DefaultMs,
        };
        if (index != BestIndex)
        {
            return rest;
        }

        Finalist? next = left.Where(finalist => double.IsFinite(finalist.Ms)).MinBy(finalist => finalist.Ms);
        return rest with { BestIndex = next?.Index ?? Task.DefaultIndex, BestMs = next?.Ms };
    }

    /// <summary>The configuration to use.</summary>
    public Configuration Best => Task.Space[BestIndex];
}
