using System.Collections.Immutable;
using Attune.Cli.Bench;
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
internal sealed class Tuner(TunePlan plan, ProgressLine progress, TimeProvider clock)
{
    private const int MostFinalists = 6;
    private const int MostPairForms = 3;
    private const int MostModels = 9;
    private const long MiddleModelBytes = 100L << 20;
    private const long LargeModelBytes = 300L << 20;
    private static readonly TimeSpan ShortestComparison = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestComparison = TimeSpan.FromSeconds(10);

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
            progress.Announce($"tune    {outdated} earlier trial{(outdated == 1 ? string.Empty : "s")} of this model's tasks are of another version of the kernel templates (now {KernelTemplates.Version}): kept as history, not taken over");
        }

        TuningReport report = await SearchAsync(log, cancellation);
        if (report.End == RunEnd.NothingWorked)
        {
            throw new CommandFailedException(NothingWorked.Of(report));
        }

        (report, ModelSelection? selection) = Refine(report, cancellation);
        ImmutableArray<TunedConfiguration> found = [.. Layers(report, selection).Select(task => Choose(task, selection, log))];
        bool alike = found.All(configuration => configuration.Source == ConfigurationSource.Default) || report.Tasks.All(RunsDefault);
        BenchTimes? latency = report.End == RunEnd.Cancelled ? null : await CompareAsync(found, alike && selection is not { FusedPairs.IsEmpty: false }, cancellation);
        bool keepDefaults = latency?.Ratio is { High: < 1 };
        ImmutableArray<TunedConfiguration> written = keepDefaults ? [.. Layers(report, null).Select(Default)] : found;
        var outcome = new TuneOutcome(report, written, latency, keepDefaults, fingerprint);
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
            Source = plan.Model.Source,
            SourceSha256 = plan.SourceSha256,
            WithoutFusions = plan.WithoutFusions,
            Summary = new TuningSummary(plan.Searcher, plan.Seed, report.Trials, report.Elapsed.TotalSeconds, outcome.BeforeMs, outcome.AfterMs),
        });
        return outcome;
    }

    private async Task<TuningReport> SearchAsync(JournalTrialLog log, CancellationToken cancellation)
    {
        await using var measurer = new WorkerMeasurer(new WorkerSettings
        {
            Command = WorkerProcessCommand.CommandLine(plan.WeightBytes),
            Measuring = plan.Measuring,
            CandidateLimit = plan.CandidateLimit,
            Clock = clock,
        });
        var run = new TuningRun(plan.Tasks, plan.Options, measurer, log, clock, new TuneProgress(progress, plan.Tasks.Length).On);
        return await run.RunAsync(cancellation);
    }

    /// <summary>Chooses among the finalists inside the model. Each finalist needs the model's weights once more, so huge models compare only best and default.</summary>
    private (TuningReport Report, ModelSelection? Selection) Refine(TuningReport report, CancellationToken cancellation)
    {
        TaskReport[] timed = [.. report.Tasks.Where(task => task.BestMs is not null)];
        if (report.End == RunEnd.Cancelled || cancellation.IsCancellationRequested || timed.Length == 0 || (timed.All(RunsDefault) && timed.All(task => !task.Task.IsAlternative)))
        {
            return (report, null);
        }

        int most = plan.WeightBytes > LargeModelBytes ? 2 : plan.WeightBytes > MiddleModelBytes ? 4 : MostModels;
        progress.Announce("tune    choosing inside the model ...");
        var alternatives = timed.ToDictionary(task => task.Task.Key, task => Alternatives(task, task.Task.IsAlternative ? MostPairForms : MostFinalists));
        try
        {
            var selection = new InModelSelection(plan.Fused, plan.ModelOptions, clock) { CrossCoreSecondsPerByte = CrossCoreProbe.SecondsPerByte(plan.Threads, clock: clock), MostModels = most };
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
            .Select(finalist => new TaskAlternative(task.Task.Space[finalist.Index], finalist.Ms)),
    ];

    // A pair has a configuration in the model only where it was chosen: that is what makes it one step.
    private static IEnumerable<TaskReport> Layers(TuningReport report, ModelSelection? selection) =>
        report.Tasks.Where(task => !task.Task.IsAlternative || selection?.FusedPairs.Contains(task.Task.Key) == true);

    private static TaskReport With(TaskReport task, long index) =>
        index == task.BestIndex ? task : task with { BestIndex = index, BestMs = task.Finalists.First(finalist => finalist.Index == index).Ms };

    private async Task<BenchTimes?> CompareAsync(ImmutableArray<TunedConfiguration> found, bool alike, CancellationToken cancellation)
    {
        progress.Announce(alike ? "tune    timing the model ..." : "tune    comparing the tuned model with default configurations ...");
        var configurations = found.ToDictionary(configuration => configuration.Task, configuration => configuration.Knobs);
        ModelOptions options = plan.ModelOptions;
        using var tuned = CompiledModel.Compile(plan.Fused, configurations, options);
        using var plain = CompiledModel.Compile(plan.Fused, TunedConfigurations.None, options);
        await using var ours = new CompiledContender("tuned", tuned, clock);
        await using var peer = new CompiledContender("default", plain, clock);
        TimeSpan share = (plan.Budget.Time ?? LongestComparison) / 10;
        TimeSpan duration = share < ShortestComparison ? ShortestComparison : share > LongestComparison ? LongestComparison : share;
        try
        {
            return await new InterleavedBench(progress, clock).RunAsync(ours, alike ? null : peer, duration, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The search was over: what it found is written, only the comparison is missing.
            return null;
        }
    }

    // A ratio of two equal programs would only show noise.
    private static bool RunsDefault(TaskReport task) => task.BestMs is null || task.Best.Index == task.Task.DefaultIndex;

    private TunedConfiguration Choose(TaskReport task, ModelSelection? selection, JournalTrialLog log)
    {
        if (task.BestMs is null)
        {
            return Default(task);
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

    private static TunedConfiguration Default(TaskReport task) =>
        new(task.Task.Key, task.Task.Space[task.Task.DefaultIndex].ToLabels(), task.DefaultMs, ConfigurationSource.Default, null);
}
