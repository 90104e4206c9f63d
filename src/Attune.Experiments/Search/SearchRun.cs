using System.Collections.Immutable;
using Attune.Experiments.Devices;
using Attune.Experiments.Setup;
using Attune.Tuning.Search;

namespace Attune.Experiments.Search;

/// <summary>
/// Runs one search to its end: at most so many trials, or until the arm's patience is over. The template's default is not given away: what is compared is
/// searching alone.
/// </summary>
/// <param name="trials">Most trials, at least 1.</param>
/// <param name="batch">Points per ask, at least 1.</param>
/// <param name="clock">Times the tuner's thinking.</param>
public sealed class SearchRun(int trials, int batch, TimeProvider clock)
{
    // Failures in a row, from the start, after which a search is given up: with a thousandth of the space valid a run this long is all but impossible.
    private const int HopelessTrials = 2048;

    /// <summary>Runs a search.</summary>
    /// <param name="device">What measures.</param>
    /// <param name="task">The task.</param>
    /// <param name="arm">How to search.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="options">Options of the searcher, made from the arm's.</param>
    /// <param name="told">Called after every trial.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<SearchTrace> RunAsync(
        ITaskDevice device, ExperimentTask task, SearchArm arm, int seed, SearcherOptions options, Action told, CancellationToken cancellation)
    {
        long start = clock.GetTimestamp();
        var loop = new SearchLoop(SearcherCatalog.Create(arm.Tuner, task.Tuning.Space, options), clock);
        TimeSpan preparing = clock.GetElapsedTime(start);
        var points = ImmutableArray.CreateBuilder<TracePoint>();
        var limits = new SearchLimits(trials, batch) { Patience = arm.Patience, HopelessTrials = HopelessTrials };
        SearchStop stop = await loop.RunAsync(limits, MeasureAsync, cancellation);
        return new SearchTrace(task.Group, task.Tuning.Key, arm.Name, seed, points.ToImmutable(), (preparing + loop.Thinking).TotalMilliseconds, stop);

        async ValueTask<Observation> MeasureAsync(long index)
        {
            cancellation.ThrowIfCancellationRequested();
            TaskMeasurement measured = await device.MeasureAsync(task, index, arm.Name, seed, cancellation);
            points.Add(new TracePoint(index, measured.Outcome, double.IsFinite(measured.TimeMs) ? measured.TimeMs : null, measured.CostMs));
            told();
            return new Observation(index, measured.Outcome, measured.TimeMs);
        }
    }
}
