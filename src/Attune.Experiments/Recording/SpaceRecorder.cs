using Attune.Kernels.Spaces;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning.Run;
using Attune.Tuning.Search;

namespace Attune.Experiments.Recording;

/// <summary>
/// Measures a whole space, or a uniform sample of it, once: every configuration to the end, none cut short against a better one. The template's default comes
/// first, the rest in random order, so that a file that was stopped anywhere is a fair sample of the space.
/// </summary>
/// <param name="measurer">Measures.</param>
/// <param name="clock">Time.</param>
public sealed class SpaceRecorder(IMeasurer measurer, TimeProvider clock)
{
    /// <summary>Configurations in a row, from the start, that may fail before recording is given up.</summary>
    public const int HopelessFailures = 256;

    /// <summary>The configurations to record, in order.</summary>
    /// <param name="space">The space.</param>
    /// <param name="defaultIndex">The template's default.</param>
    /// <param name="limit">Most configurations, at least 1.</param>
    /// <param name="seed">Seed of the order; a larger limit goes on where a smaller one ended.</param>
    public static IEnumerable<long> Order(Space space, long defaultIndex, int limit, int seed)
    {
        const int AtOnce = 256;
        ISearcher random = SearcherCatalog.Create("random", space, new SearcherOptions { Seed = seed, Start = defaultIndex });
        int given = 0;
        while (given < limit)
        {
            // Always whole batches, so that the order does not depend on the limit.
            IReadOnlyList<long> points = random.Ask(AtOnce);
            if (points.Count == 0)
            {
                yield break;
            }

            foreach (long point in points.Take(limit - given))
            {
                given++;
                yield return point;
            }
        }
    }

    /// <summary>Records.</summary>
    /// <param name="task">The task.</param>
    /// <param name="file">Where to; configurations that it holds are not measured again.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="limit">Most configurations in the file, at least 1.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <param name="progress">Called after every configuration.</param>
    /// <param name="cancellation">Stops; what was measured is in the file.</param>
    /// <returns>Outcomes of what was measured, by kind, and the first failure's message.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<FailureTally> RunAsync(
        TuningTask task, RecordedSpaceFile file, int threads, int limit, int seed, Action<FailureTally> progress, CancellationToken cancellation)
    {
        var tally = new FailureTally();
        foreach (long index in Order(task.Space, task.DefaultIndex, limit, seed))
        {
            if (file.Holds(index))
            {
                continue;
            }

            cancellation.ThrowIfCancellationRequested();
            long start = clock.GetTimestamp();
            MeasureResult result = await measurer.MeasureAsync(new MeasureRequest(task.Key, index, task.Space[index].ToLabels(), threads, null), cancellation);
            file.Append(index, result, clock.GetElapsedTime(start).TotalMilliseconds);
            tally.Add(result);
            progress(tally);
            if (tally.Count(Outcome.Ok) == 0 && tally.All >= HopelessFailures)
            {
                break;
            }
        }

        return tally;
    }
}
