using System.Collections.Immutable;
using Attune.Tuning;

namespace Attune.Experiments;

/// <summary>
/// Runs one search to its end: at most so many trials, or until the arm's patience is over. The template's default is not given away: what is compared is searching alone.
/// </summary>
/// <param name="trials">Most trials, at least 1.</param>
/// <param name="batch">Points per ask, at least 1.</param>
/// <param name="clock">Times the tuner's thinking.</param>
public sealed class SearchRun(int trials, int batch, TimeProvider clock)
{
    // Failures in a row, from the start, after which a search is given up: with a thousandth of the space valid a run this long is all but impossible.
    private const int HopelessFailures = 2048;

    /// <summary>Runs a search.</summary>
    /// <param name="device">What measures.</param>
    /// <param name="task">The task.</param>
    /// <param name="arm">How to search.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="options">Options of the searcher, made from the arm's.</param>
    /// <param name="told">Called after every trial.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<SearchTrace> RunAsync(ITaskDevice device, ExperimentTask task, SearchArm arm, int seed, SearcherOptions options, Action told, CancellationToken cancellation)
    {
        long start = clock.GetTimestamp();
        ISearcher searcher = SearcherCatalog.Create(arm.Tuner, task.Tuning.Space, options);
        TimeSpan thinking = clock.GetElapsedTime(start);
        var points = ImmutableArray.CreateBuilder<TracePoint>();
        (int Trial, double Ms) best = (0, double.PositiveInfinity);
        SearchStop? stop = null;
        while (stop is null)
        {
            cancellation.ThrowIfCancellationRequested();
            start = clock.GetTimestamp();
            ImmutableArray<long> asked = searcher.Ask(Math.Min(batch, trials - points.Count));
            thinking += clock.GetElapsedTime(start);
            var observations = new List<Observation>(asked.Length);
            foreach (long index in asked)
            {
                TaskMeasurement measured = await device.MeasureAsync(task, index, arm.Name, seed, cancellation);
                var point = new TracePoint(index, measured.Outcome, double.IsFinite(measured.TimeMs) ? measured.TimeMs : null, measured.CostMs);
                points.Add(point);
                observations.Add(new Observation(index, measured.Outcome, measured.TimeMs));
                best = point.CanBeBest && measured.TimeMs < best.Ms ? (points.Count, measured.TimeMs) : best;
                told();
            }

            start = clock.GetTimestamp();
            searcher.Tell(observations);
            thinking += clock.GetElapsedTime(start);
            stop = asked.IsEmpty ? SearchStop.Exhausted
                : points.Count >= trials ? SearchStop.Trials
                : double.IsPositiveInfinity(best.Ms) ? points.Count >= HopelessFailures ? SearchStop.Failing : null
                : points.Count - best.Trial >= arm.Patience ? SearchStop.Patience
                : null;
        }

        return new SearchTrace(task.Group, task.Tuning.Key, arm.Name, seed, points.ToImmutable(), thinking.TotalMilliseconds, stop.Value);
    }
}
