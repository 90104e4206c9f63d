using System.Collections.Immutable;
using Attune.Experiments.Devices;
using Attune.Measuring;
using Attune.Numerics;
using Attune.Records;
using Attune.Tuning.Search;

namespace Attune.Bench.Searchers;

/// <summary>
/// Lets searchers run on real measurements at equal numbers of trials. Nobody is told the template's default or its suggestions: what is compared is searching
/// alone. When all runs of a task have ended, the best of every run is measured again, in turns, and the median of the new times is the run's score: the best
/// of many noisy times is too good by chance. Seeds alternate in who goes first.
/// </summary>
/// <param name="options">What is compared.</param>
/// <param name="memo">Measures each configuration once.</param>
/// <param name="startMeasurer">Makes the measurer of a task; disposed when the task has ended.</param>
/// <param name="progress">Told about every trial.</param>
internal sealed class SearcherRace(RaceOptions options, MeasurementMemo memo, Func<BenchTask, IMeasurer> startMeasurer, RaceProgress progress)
{
    // A candidate this many times slower than the default is cut short; the measurer's own factors come on top. Such a candidate is the best of no run worth
    // having.
    private const double HopelessFactor = 3;

    private readonly List<TaskRace> finished = [];

    /// <summary>Tasks on which all runs have ended, in order.</summary>
    public IReadOnlyList<TaskRace> Finished => finished;

    /// <summary>Runs everything.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="cancellation">Ends the comparison; <see cref="Finished"/> keeps the tasks that were done.</param>
    /// <returns>False when it was cancelled.</returns>
    public async Task<bool> RunAsync(ImmutableArray<BenchTask> tasks, CancellationToken cancellation)
    {
        try
        {
            foreach (BenchTask task in tasks)
            {
                await using IMeasurer measurer = startMeasurer(task);
                finished.Add(await RunAsync(task, measurer, cancellation));
            }

            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<TaskRace> RunAsync(BenchTask task, IMeasurer measurer, CancellationToken cancellation)
    {
        MeasureResult start = await memo.MeasureAsync(task.Task, task.Task.DefaultIndex, limitMs: null, measurer, "default", 0, cancellation);
        double? limit = start.Outcome == Outcome.Ok ? HopelessFactor * start.MedianMs : null;
        var runs = new List<RaceRun>();
        for (int seed = 1; seed <= options.Seeds; seed++)
        {
            foreach (string searcher in seed % 2 == 1 ? options.Searchers : options.Searchers.Reverse())
            {
                runs.Add(await SearchAsync(task, measurer, searcher, seed, limit, cancellation));
            }
        }

        Dictionary<long, double> confirmed = await ConfirmAsync(task, measurer, [task.Task.DefaultIndex, .. runs.Select(run => run.BestIndex)], cancellation);
        return new TaskRace(
            task,
            confirmed.TryGetValue(task.Task.DefaultIndex, out double ms) ? ms : null,
            [.. runs.Select(run => run with { BestMs = confirmed.TryGetValue(run.BestIndex, out double again) ? again : run.SearchMs })]);
    }

    private async Task<RaceRun> SearchAsync(BenchTask task, IMeasurer measurer, string name, int seed, double? limit, CancellationToken cancellation)
    {
        ISearcher searcher = SearcherCatalog.Create(name, task.Task.Space, new SearcherOptions { Seed = seed, ExpectedTrials = options.Trials });
        (long Index, double Ms) best = (-1, double.PositiveInfinity);
        int done = 0;
        await new SearchLoop(searcher, TimeProvider.System).RunAsync(new SearchLimits(options.Trials, options.Batch), MeasureAsync, cancellation);
        progress.RunEnded(options.Trials - done);
        return best.Index >= 0
            ? new RaceRun(name, seed, done, best.Index, best.Ms, best.Ms)
            : throw new RaceFailedException(
                $"{name} with seed {seed} found no candidate of '{task.Task.Name}' that works, out of {done}. Give it more --trials.");

        async ValueTask<Observation> MeasureAsync(long index)
        {
            int before = memo.Measured;
            MeasureResult result = await memo.MeasureAsync(task.Task, index, limit, measurer, name, seed, cancellation);
            best = result.Outcome is Outcome.Ok or Outcome.CutShort && result.MedianMs < best.Ms ? (index, result.MedianMs) : best;
            progress.Trial(task, name, seed, ++done, best.Ms, memo.Measured > before);
            return new Observation(index, result.Outcome, result.MedianMs);
        }
    }

    private async Task<Dictionary<long, double>> ConfirmAsync(BenchTask task, IMeasurer measurer, IEnumerable<long> points, CancellationToken cancellation)
    {
        long[] distinct = [.. points.Distinct()];
        var times = distinct.ToDictionary(index => index, _ => new List<double>());
        for (int round = 0; round < options.FinalRounds; round++)
        {
            foreach (long index in round % 2 == 0 ? distinct : distinct.Reverse())
            {
                MeasureResult result = await measurer.MeasureAsync(
                    new MeasureRequest(task.Task.Key, index, task.Task.Space[index].ToLabels(), options.Threads, BestMs: null), cancellation);
                progress.Confirming(task, round + 1, options.FinalRounds);
                if (result.Outcome == Outcome.Ok)
                {
                    times[index].Add(result.MedianMs);
                }
            }
        }

        return times.Where(pair => pair.Value.Count > 0).ToDictionary(pair => pair.Key, pair => Quantiles.Median(pair.Value));
    }
}
