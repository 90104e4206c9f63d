using System.Collections.Immutable;
using Attune.Cli.Commands;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Devices;
using Attune.Kernels.Templates;
using Attune.Measuring;
using Attune.Measuring.Probes;
using Attune.Records;
using Attune.Runtime;
using Attune.Tuning;
using Attune.Tuning.Choices;

namespace Attune.Cli.Tune;

/// <summary>Carries a plan out: journal, worker process, search, comparison of the whole model with its defaults, model file.</summary>
/// <param name="plan">What to do.</param>
/// <param name="progress">Where to tell how far things are.</param>
/// <param name="clock">Time.</param>
/// <param name="time">Time since the command began.</param>
internal sealed class Tuner(TunePlan plan, ProgressLine progress, TimeProvider clock, TuneTime time)
{
    private const int MostFinalists = 6;
    private const int MostPairForms = 3;
    private const int MostModels = 9;
    private const long MiddleModelBytes = 100L << 20;
    private const long LargeModelBytes = 300L << 20;

    // The rest of the choice's time is for confirming what was chosen.
    private const double SelectionShare = 0.8;
    private readonly TuneProgress tuneProgress = new(progress, plan.Model.BaseName, plan.Tasks.Length, () => time.Left(plan.Budget.Time));

    /// <summary>Tunes and writes the model.</summary>
    /// <param name="cancellation">Stops the search; what was found is written all the same.</param>
    /// <exception cref="JournalException">The journal cannot be used.</exception>
    /// <exception cref="WorkerUnavailableException">No worker process starts.</exception>
    /// <exception cref="TunedModelException">The model file cannot be written.</exception>
    public async Task<TuneOutcome> RunAsync(CancellationToken cancellation)
    {
        var device = CpuDevice.Detect();
        string fingerprint = device.Fingerprint.Id;
        using var journal = Journal.Open(plan.Records, selection: new RecordSelection(plan.Tasks.Select(task => task.Key), fingerprint));
        var log = new JournalTrialLog(journal, fingerprint, Guid.NewGuid().ToString("N"));
        if (log.Outdated(plan.Tasks.Select(task => task.Key).ToHashSet()) is > 0 and int outdated)
        {
            progress.Announce($"tune    {outdated} earlier trial{(outdated == 1 ? string.Empty : "s")} of this model's tasks are of another version of their kernel templates: kept as history, not taken over");
        }

        // What the reference kernels say does not depend on what will be chosen: asked now, its time is known when the budget is divided.
        var check = new CheckedModel(plan, log, progress, tuneProgress.Report, clock);
        check.Prepare(cancellation);
        FinishCosts costs = MeasureCosts();
        var finish = FinishPlan.Of(plan.Budget.Time, time.Elapsed, costs);
        progress.Announce($"tune    {FinishText.Of(finish, costs)}");
        time.Enter("search");
        (TuningReport report, ModelSelection? selection) = await ChooseAsync(log, finish, costs, cancellation);
        time.Enter("verify");
        ImmutableArray<TunedConfiguration> found = check.Verified([.. Layers(report, selection).Select(task => Choose(task, selection, log))]);
        bool alike = found.All(configuration => configuration.Source == ConfigurationSource.Default) || report.Tasks.All(RunsDefault);
        time.Enter("compare");
        (ModelComparison? latency, ImmutableDictionary<string, TaskGain> gains) = await new DefaultComparison(plan, progress, tuneProgress, clock)
            .RunAsync(report, found, alike && selection is not { FusedPairs.IsEmpty: false }, () => time.Left(plan.Budget.Time) - finish.Verifying ?? finish.Comparing, cancellation);
        ImmutableArray<TunedConfiguration> written = found;
        if (latency is { KeepsDefaults: true })
        {
            time.Enter("verify");
            written = check.Verified([.. Layers(report, null).Select(CheckedModel.Default)]);
        }

        time.Enter("write");
        report = report with { Elapsed = time.Elapsed };
        var outcome = new TuneOutcome(report, written, latency, gains, time.Phases, fingerprint);
        TunedModelFile.Save(plan.Output, new TunedModel
        {
            Network = plan.Fused,
            Configurations = written,
            Device = fingerprint,
            DeviceDescription = device.Identity.Brand,
            Threads = plan.Threads,
            VectorLanes = device.VectorLanes,
            CreatedAt = clock.GetUtcNow(),
            ProductVersion = typeof(Tuner).Assembly.GetName().Version?.ToString(3) ?? "0",
            Source = SourceFile.Remembered(plan.Model.Source, plan.Output),
            SourceSha256 = plan.SourceSha256,
            WithoutFusions = plan.WithoutFusions,
            Summary = new TuningSummary(plan.Searcher, plan.Seed, report.Trials, report.Elapsed.TotalSeconds, outcome.BeforeMs, outcome.AfterMs),
        });
        return outcome with { Report = report with { Elapsed = time.Elapsed }, Phases = time.Phases };
    }

    // Compiling and running the default model once says what the end will cost.
    private FinishCosts MeasureCosts()
    {
        if (plan.Tasks.IsEmpty)
        {
            return new FinishCosts(TimeSpan.Zero, TimeSpan.Zero);
        }

        long start = clock.GetTimestamp();
        using var plain = CompiledModel.Compile(plan.Fused, TunedConfigurations.None, plan.ModelOptions);
        return new FinishCosts(clock.GetElapsedTime(start), TimeSpan.FromMilliseconds(new TimedModel(plain, plan.Seed).Run(1).Ms));
    }

    /// <summary>Searches, then chooses inside the model. What is chosen there and was not confirmed by the search is confirmed now; what fails is out, and the choice is made again.</summary>
    private async Task<(TuningReport Report, ModelSelection? Selection)> ChooseAsync(JournalTrialLog log, FinishPlan finish, FinishCosts costs, CancellationToken cancellation)
    {
        await using var measurer = new WorkerMeasurer(new WorkerSettings
        {
            Command = WorkerProcessCommand.CommandLine(plan.WeightBytes),
            Measuring = plan.Measuring,
            CandidateLimit = plan.CandidateLimit,
            Clock = clock,
        });
        var run = new TuningRun(plan.Tasks, plan.Options with { Budget = finish.Searching }, measurer, log, clock, tuneProgress.On);
        TuningReport report = await run.RunAsync(cancellation);
        if (report.End == RunEnd.NothingWorked)
        {
            throw new CommandFailedException(NothingWorked.Of(report));
        }

        time.Enter("choose");
        var chosen = new ConfirmedChoice(new Confirmation(plan.Options, measurer, log, clock), plan.Options.ConfirmationTime, tuneProgress.Report, progress);
        while (true)
        {
            (TuningReport refined, ModelSelection? selection) = Refine(report, ChoosingTime(finish), costs, cancellation);
            try
            {
                if (selection is null || await chosen.FirstWrongAsync(report, selection, ChoosingTime(finish), cancellation) is not { } wrong)
                {
                    return (refined, selection);
                }

                report = report with { Tasks = [.. report.Tasks.Select(task => task.Task.Key == wrong.Task ? task.Without(wrong.Index) : task)] };
            }
            catch (OperationCanceledException)
            {
                // What the search itself confirmed is good enough to be kept.
                return (report, null);
            }
        }
    }

    // A search that ended early leaves its time to the choice; null without a time budget.
    private TimeSpan? ChoosingTime(FinishPlan finish) => time.Left(plan.Budget.Time) - finish.Comparing - finish.Verifying;

    /// <summary>Chooses among the finalists inside the model. Each finalist needs the model's weights once more, so huge models compare only best and default.</summary>
    private (TuningReport Report, ModelSelection? Selection) Refine(TuningReport report, TimeSpan? available, FinishCosts costs, CancellationToken cancellation)
    {
        TimeSpan? limit = available * SelectionShare;
        if (limit < costs.Choosing(FinishPlan.LeastModels, FinishPlan.LeastRounds))
        {
            return (report, null);
        }

        TaskReport[] timed = [.. report.Tasks.Where(task => task.BestMs is not null)];
        if (report.End == RunEnd.Cancelled || cancellation.IsCancellationRequested || timed.Length == 0 || (timed.All(RunsDefault) && timed.All(task => !task.Task.IsAlternative)))
        {
            return (report, null);
        }

        int models = plan.WeightBytes > LargeModelBytes ? 2 : plan.WeightBytes > MiddleModelBytes ? 4 : MostModels;
        progress.Announce($"tune    choosing inside the model{(limit is { } most ? $", {Units.Duration(most)} at most" : string.Empty)} ...");
        var alternatives = timed.ToDictionary(task => task.Task.Key, task => Alternatives(task, task.Task.IsAlternative ? MostPairForms : MostFinalists));
        try
        {
            var selection = new InModelSelection(plan.Fused, plan.ModelOptions, clock)
            {
                CrossCoreSecondsPerByte = CrossCoreProbe.SecondsPerByte(plan.Threads, clock: clock),
                MostModels = models,
                Limit = limit,
                Costs = costs,
            };
            ModelSelection chosen = selection.Run(alternatives, RandomInputs.For(plan.Fused.Inputs, plan.Seed), cancellation);
            return (report with { Tasks = [.. report.Tasks.Select(task => chosen.Tasks.TryGetValue(task.Task.Key, out SelectedTask? choice) ? With(task, choice.Configuration.Index) : task)] }, chosen);
        }
        catch (OperationCanceledException)
        {
            // What the search found is good enough to be kept.
            return (report, null);
        }
    }

    // The default always has a place: it is what the tuned model will be compared with.
    private static ImmutableArray<TaskAlternative> Alternatives(TaskReport task, int most) =>
    [
        .. task.Finalists.Take(most - 1).Concat(task.Finalists.Where(finalist => finalist.Index == task.Task.DefaultIndex)).Distinct()
            .Select(finalist => new TaskAlternative(task.Task.Space[finalist.Index], finalist.Ms) { IsDefault = finalist.Index == task.Task.DefaultIndex }),
    ];

    // A pair has a configuration in the model only where it was chosen: that is what makes it one step.
    private static IEnumerable<TaskReport> Layers(TuningReport report, ModelSelection? selection) =>
        report.Tasks.Where(task => !task.Task.IsAlternative || selection?.FusedPairs.Contains(task.Task.Key) == true);

    private static TaskReport With(TaskReport task, long index) =>
        index == task.BestIndex ? task : task with { BestIndex = index, BestMs = task.Finalists.First(finalist => finalist.Index == index).Ms };

    // A ratio of two equal programs would only show noise.
    private static bool RunsDefault(TaskReport task) => task.BestMs is null || task.Best.Index == task.Task.DefaultIndex;

    private TunedConfiguration Choose(TaskReport task, ModelSelection? selection, JournalTrialLog log)
    {
        if (task.BestMs is null)
        {
            return CheckedModel.Default(task);
        }

        IReadOnlyDictionary<string, string> knobs = task.Best.ToLabels();
        if (selection?.Tasks.GetValueOrDefault(task.Task.Key) is { RunnerUp: { } other })
        {
            var runnerUp = new RunnerUp(other.Configuration.ToLabels(), other.LayerMs) { AddedMs = other.ModelMs - selection.Ms, Task = other.TaskKey == task.Task.Key ? null : other.TaskKey };
            return new TunedConfiguration(task.Task.Key, knobs, selection.Tasks[task.Task.Key].Ms, ConfigurationSource.Tuned, runnerUp);
        }

        Trial? second = log.RunnerUp(task.Task.Key, plan.Threads, knobs);
        return new TunedConfiguration(
            task.Task.Key,
            knobs,
            task.BestMs,
            ConfigurationSource.Tuned,
            second is null ? null : new RunnerUp(second.Knobs, second.Result.MedianMs));
    }
}
