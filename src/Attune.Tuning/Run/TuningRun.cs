using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning.Search;

namespace Attune.Tuning.Run;

/// <summary>
/// Tunes all tasks of a model within a budget. First every task's default configuration is measured, then batches go to the task with the steepest expected
/// gain, and at the end the fastest few of every task are measured again in turns. Earlier trials of the log are replayed instead of measured. Given the seed
/// and a measurer that repeats itself, a run is deterministic but for where a time budget cuts it. Use an instance once.
/// </summary>
public sealed partial class TuningRun
{
    // The final measurement may take this share of a time budget at most.
    private const double LargestReserve = 0.2;

    // A run in which nothing has worked yet is given up after as many failures as end so many tasks.
    private const int HopelessRuns = 2;

    // What a trial takes before any was measured, to size the initial sets under a time budget.
    private static readonly TimeSpan TypicalTrial = TimeSpan.FromMilliseconds(25);

    private readonly TuningOptions options;
    private readonly IMeasurer measurer;
    private readonly ITrialLog log;
    private readonly Action<TuningEvent> notify;
    private readonly RunClock clock;
    private readonly ImmutableArray<TaskState> states;
    private readonly Confirmation confirmation;
    private int trials;
    private int replayed;
    private int failuresFromTheStart;
    private bool anythingWorked;
    private string? firstFailure;

    /// <summary>Prepares a run; its time starts now.</summary>
    /// <param name="tasks">Tasks, with different keys.</param>
    /// <param name="options">Budget and parameters.</param>
    /// <param name="measurer">Measures candidates; stays the caller's.</param>
    /// <param name="log">Receives every trial and gives earlier ones.</param>
    /// <param name="time">Clock of budget and reports.</param>
    /// <param name="progress">Called on the running thread for every event; null for none.</param>
    /// <exception cref="ArgumentException">An option is out of range, or two tasks have one key.</exception>
    public TuningRun(
        ImmutableArray<TuningTask> tasks,
        TuningOptions options,
        IMeasurer measurer,
        ITrialLog log,
        TimeProvider time,
        Action<TuningEvent>? progress = null)
    {
        this.options = options.Validated();
        this.measurer = measurer;
        this.log = log;
        notify = progress ?? (_ => { });
        clock = new RunClock(time, options.Budget);
        confirmation = new Confirmation(options, measurer, log, time);
        if (tasks.GroupBy(task => task.Key, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
        {
            throw new ArgumentException($"Two tasks have the key '{twice.Key}'; join them and add their weights.", nameof(tasks));
        }

        if (options.Search.History is { } history)
        {
            tasks = [.. tasks.Select(task => task with { Suggestions = [.. history.StartsFor(task.Key, task.Space), .. task.Suggestions] })];
        }

        int expected = ExpectedTrials(tasks.Length);
        states = [.. tasks.Select((task, i) => new TaskState(task, new SearchLoop(MakeSearcher(task, i, expected), time), this.options))];
    }

    /// <summary>Runs to the end of the budget, or until every task has ended.</summary>
    /// <param name="cancellation">Ends the run at once; everything found so far is reported.</param>
    public async Task<TuningReport> RunAsync(CancellationToken cancellation)
    {
        RunEnd end;
        try
        {
            Replay();
            await MeasureDefaults(cancellation);
            end = await Search(cancellation);
            await MeasureSiblings(cancellation);
            await MeasureFinalists(cancellation);
            await ConfirmChoices(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            end = RunEnd.Cancelled;
        }

        if (end != RunEnd.Cancelled && failuresFromTheStart > 0 && states.All(state => state.Best is null))
        {
            end = RunEnd.NothingWorked;
        }

        return new TuningReport(
            [.. states.Select(state => state.Report())],
            end,
            trials,
            replayed,
            clock.Elapsed,
            states.Aggregate(TimeSpan.Zero, (sum, state) => sum + state.Loop.Thinking),
            clock.MeasureTime)
        { CompileTime = clock.CompileTime, FirstFailure = firstFailure };
    }

    private int ExpectedTrials(int tasks)
    {
        double total = Math.Min(options.Trials ?? double.PositiveInfinity, (options.Budget ?? TimeSpan.MaxValue) / TypicalTrial);
        return (int)Math.Clamp(total / Math.Max(1, tasks), 1, 1000);
    }

    private ISearcher MakeSearcher(TuningTask task, int position, int expected) => SearcherCatalog.Create(
        options.Searcher,
        task.Space,
        options.Search with
        {
            Seed = unchecked((options.Seed * 7919) + position),
            Start = task.DefaultIndex,
            Suggestions = task.Suggestions,
            ExpectedTrials = expected,
            TaskKey = task.Key,
        });

    private void Replay()
    {
        foreach (TaskState state in states)
        {
            var observations = new List<Observation>();
            int unknown = 0;
            foreach (IReadOnlyDictionary<string, string> knobs in log.Disqualified(state.Task.Key))
            {
                if (state.Task.Space.Find(knobs) is { } point)
                {
                    state.Disqualify(point.Index, null);
                }
            }

            foreach (Trial trial in log.Load(state.Task.Key).Where(trial => trial.Threads == options.Threads))
            {
                if (state.Task.Space.Find(trial.Knobs) is not { } point)
                {
                    unknown++;
                }
                else
                {
                    // Whatever an earlier line says: a wrong result at any time counts.
                    MeasureResult result = state.IsDisqualified(point.Index) && trial.Result.Outcome != Outcome.WrongResult
                        ? MeasureResult.Failed(Outcome.WrongResult, "It gave a wrong result at another time.")
                        : trial.Result;
                    if (state.Add(point.Index, result))
                    {
                        observations.Add(new Observation(point.Index, result.Outcome, result.MedianMs));
                    }
                }
            }

            trials += observations.Count;
            replayed += observations.Count;
            if (observations.Count > 0 || unknown > 0)
            {
                state.Loop.Tell(observations);
                notify(new TrialsReplayed(state.Task, observations.Count, unknown));
            }
        }
    }

    /// <summary>Every task's default first, so that all have a time however small the budget; then what the templates suggest.</summary>
    private async Task MeasureDefaults(CancellationToken cancellation)
    {
        TaskState[] heaviestFirst = [.. states.OrderByDescending(state => state.Task.Weight * state.Task.Flops)];
        foreach (TaskState state in heaviestFirst)
        {
            await MeasureKnownPoint(state, state.Task.DefaultIndex, cancellation);
        }

        foreach (TaskState state in heaviestFirst)
        {
            foreach (long point in state.Task.Suggestions)
            {
                await MeasureKnownPoint(state, point, cancellation);
            }

            EndRound(state, exhausted: false);
        }
    }

    private async Task MeasureKnownPoint(TaskState state, long point, CancellationToken cancellation)
    {
        if (!state.Knows(point) && !IsSpent(TimeSpan.Zero))
        {
            state.Loop.Tell([await Measure(state, point, cancellation)]);
        }
    }

    private async Task<RunEnd> Search(CancellationToken cancellation)
    {
        while (GradientScheduler.Next(states) is { } state)
        {
            cancellation.ThrowIfCancellationRequested();
            TimeSpan reserve = Reserve();
            if (IsSpent(reserve))
            {
                return SpentEnd();
            }

            int count = Math.Min(options.Batch, (options.Trials ?? int.MaxValue) - trials);
            int asked = await state.Loop.RoundAsync(count, async index => IsSpent(reserve) ? null : await Measure(state, index, cancellation));
            EndRound(state, exhausted: asked == 0);
        }

        return RunEnd.TasksEnded;
    }

    private void EndRound(TaskState state, bool exhausted)
    {
        if (state.EndRound(exhausted))
        {
            notify(new TaskEnded(state.Task, state.End, state.End == TaskEnd.Failing ? state.LastFailure : null));
        }
    }

    // What neighbours may ask for must have a time: one measurement per class and task.
    private async Task MeasureSiblings(CancellationToken cancellation)
    {
        foreach (TaskState state in states)
        {
            foreach (long index in state.UnknownSiblings())
            {
                if (clock.Left is null || clock.Left > clock.MeanMeasurement)
                {
                    state.AddSibling(index, (await MeasureOnce(state, index, bestMs: null, cancellation)).Result);
                }
            }
        }
    }

    private async Task MeasureFinalists(CancellationToken cancellation)
    {
        foreach (TaskState state in states.OrderByDescending(state => state.Task.Weight * (state.Best?.Ms ?? 0)))
        {
            long[] finalists = options.FinalCandidates == 0 ? [] : state.Finalists(options.FinalCandidates);
            TimeSpan needed = clock.MeanMeasurement * (finalists.Length * options.FinalRounds);
            if (finalists.Length == 0 || clock.Left - ConfirmationReserve < needed)
            {
                continue;
            }

            notify(new FinalMeasurementStarted(state.Task, finalists.Length));
            var times = finalists.ToDictionary(index => index, _ => new List<double>());
            for (int round = 0; round < options.FinalRounds; round++)
            {
                foreach (long index in finalists.Where(index => !state.IsDisqualified(index)))
                {
                    MeasureResult result = (await MeasureOnce(state, index, bestMs: null, cancellation)).Result;
                    times[index].Add(result.Outcome == Outcome.Ok && result.MedianMs > 0 ? result.MedianMs : double.NaN);
                }
            }

            foreach ((long index, List<double> own) in times.Where(pair => !state.IsDisqualified(pair.Key)))
            {
                state.FinalTimes.Add(index, own);
            }
        }
    }

    private async Task<Observation> Measure(TaskState state, long index, CancellationToken cancellation)
    {
        Trial trial = await MeasureOnce(state, index, state.Best?.Ms, cancellation);
        state.Add(index, trial.Result);
        Watch(trial.Result);
        trials++;
        notify(new TrialMeasured(state.Task, trial, state.Trials, trials, state.Best?.Ms, ModelLatency(), clock.Left));
        return new Observation(index, trial.Result.Outcome, trial.Result.MedianMs);
    }

    private async Task<Trial> MeasureOnce(TaskState state, long index, double? bestMs, CancellationToken cancellation)
    {
        TuningTask task = state.Task;
        Configuration point = task.Space[index];
        var request = new MeasureRequest(task.Key, index, point.ToLabels(), options.Threads, bestMs) { Visit = state.NextVisit(index) };
        MeasureResult result = await clock.Measuring(() => measurer.MeasureAsync(request, cancellation));
        clock.Compiled(result.CompileMs);
        var trial = new Trial(task.Key, index, request.Knobs, options.Threads, result, options.Searcher, options.Seed, clock.Now);
        log.Append(trial);
        if (result.Outcome == Outcome.WrongResult && state.Knows(index))
        {
            Disqualify(state, index, result);
        }

        return trial;
    }

    private double? ModelLatency()
    {
        double sum = 0;
        foreach (TaskState state in states.Where(state => !state.Task.IsAlternative))
        {
            if (state.Best is not { } best)
            {
                return null;
            }

            sum += state.Task.Weight * best.Ms;
        }

        return sum;
    }

    // Time to keep for the final measurement: it is worth little when it would eat the search.
    private TimeSpan Reserve()
    {
        if (clock.Budget is not { } budget)
        {
            return TimeSpan.Zero;
        }

        TimeSpan confirming = ConfirmationReserve;
        int measurements = options.FinalCandidates == 0 ? 0 : states.Sum(state => Math.Min(state.Trials, options.FinalCandidates + 1)) * options.FinalRounds;
        TimeSpan wanted = clock.MeanMeasurement * measurements;
        TimeSpan max = budget * LargestReserve;
        return confirming + (wanted < max ? wanted : max);
    }

    // A broken machine fails every candidate; each may take its whole time limit, so the run must not try them all.
    private void Watch(MeasureResult result)
    {
        bool failed = result.Outcome is not (Outcome.Ok or Outcome.CutShort);
        firstFailure ??= failed ? result.Message : null;
        anythingWorked |= !failed;
        failuresFromTheStart += failed && !anythingWorked ? 1 : 0;
    }

    private bool IsHopeless => !anythingWorked && replayed == 0 && failuresFromTheStart >= HopelessRuns * options.FailuresInARow;

    private bool IsSpent(TimeSpan reserve) => IsHopeless || trials >= options.Trials || clock.Left <= reserve;

    private RunEnd SpentEnd() => trials >= options.Trials ? RunEnd.TrialsSpent : RunEnd.TimeSpent;
}
