using Attune.Kernels.Spaces;
using Attune.Measuring;
using Attune.Records;

namespace Attune.Tuning.Run;

/// <summary>
/// The last word on a configuration before it is used: hundreds of its runs, on inputs of every kind, are compared with the reference. A kernel that is wrong
/// once in a hundred runs passes a few comparisons, and as a rule not these. What fails goes to the records, where it disqualifies the configuration for good.
/// </summary>
/// <param name="options">Runs to compare, time for them, threads.</param>
/// <param name="measurer">Runs the kernels; stays the caller's.</param>
/// <param name="log">Receives failures.</param>
/// <param name="time">Clock of the records.</param>
public sealed class Confirmation(TuningOptions options, IMeasurer measurer, ITrialLog log, TimeProvider time)
{
    /// <summary>Visits of confirmations, so that their inputs are none of those seen while searching.</summary>
    public const int FirstVisit = 1000;

    /// <summary>Checks one configuration.</summary>
    /// <param name="task">Its task.</param>
    /// <param name="index">Its index in the task's space.</param>
    /// <param name="visit">Number of the visit, at least <see cref="FirstVisit"/>; another one draws other inputs.</param>
    /// <param name="limit">Time after which fewer runs will do; null takes that of the options.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What came out: anything but <see cref="Outcome.Ok"/> means that the configuration must not be used.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<MeasureResult> RunAsync(TuningTask task, long index, int visit, TimeSpan? limit, CancellationToken cancellation)
    {
        Configuration point = task.Space[index];
        var request = new MeasureRequest(task.Key, index, point.ToLabels(), options.Threads, null)
        {
            Visit = visit,
            CheckedRuns = options.ConfirmationRuns,
            CheckedMs = (limit ?? options.ConfirmationTime).TotalMilliseconds,
        };
        MeasureResult result = await measurer.MeasureAsync(request, cancellation);
        if (result.Outcome != Outcome.Ok)
        {
            log.Append(new Trial(task.Key, index, request.Knobs, options.Threads, result, options.Searcher, options.Seed, time.GetUtcNow()));
        }

        return result;
    }
}
