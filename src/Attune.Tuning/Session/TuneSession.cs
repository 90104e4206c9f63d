using System.Collections.Immutable;
using Attune.Compile.Compute;
using Attune.Compile.Models;
using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Measuring;
using Attune.Measuring.Kernels;
using Attune.Measuring.Workers;
using Attune.Records.Journals;
using Attune.Runtime;
using Attune.Tuning.Run;

namespace Attune.Tuning.Session;

/// <summary>
/// Tunes a model: searches kernels for its layers, chooses among the best inside the model, compares the whole with default configurations and with the
/// reference kernels, and gives a model that is right and not known to be slower. Every trial goes to the records at once. Use an instance once.
/// </summary>
public sealed partial class TuneSession
{
    private readonly TimeProvider clock;
    private readonly TuneTime time;

    /// <summary>Plans a tune; its time starts now unless it has started before.</summary>
    /// <param name="network">The network as it was read, before any pass; all shapes known.</param>
    /// <param name="options">How to tune it.</param>
    /// <param name="clock">Clock of budget, records and report; null takes the system's.</param>
    /// <param name="started">Timestamp of the clock from which the budget counts, so that reading the model can be part of it; null for now.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">The file that the options name as the source cannot be read.</exception>
    public TuneSession(Network network, TuneOptions options, TimeProvider? clock = null, long? started = null)
        : this(started ?? (clock ?? TimeProvider.System).GetTimestamp(), TunePlan.Of(network, options), clock ?? TimeProvider.System)
    {
    }

    /// <summary>Takes a plan over; its time starts now.</summary>
    /// <param name="plan">What to do: for a network whose passes are done already.</param>
    /// <param name="clock">Clock of budget, records and report.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public TuneSession(TunePlan plan, TimeProvider clock)
        : this(clock.GetTimestamp(), plan, clock) => plan.Options.Validated();

    private TuneSession(long started, TunePlan plan, TimeProvider clock)
    {
        Plan = plan;
        this.clock = clock;
        time = new TuneTime(clock, started);
    }

    /// <summary>What will be done.</summary>
    public TunePlan Plan { get; }

    /// <summary>Time left of the budget, zero when it is spent; null without a budget of time.</summary>
    public TimeSpan? TimeLeft => time.Left(Plan.Options.Budget);

    /// <summary>Makes what measures candidates, for tests; null starts worker processes.</summary>
    internal Func<IMeasurer>? StartMeasurer { get; set; }

    /// <summary>Tunes, and writes the model where the options name a file.</summary>
    /// <param name="progress">Told what happens, on the thread that tunes; null for none.</param>
    /// <param name="cancellation">Stops the search. What was found until then is compared, checked and given all the same, which takes a moment.</param>
    /// <returns>
    /// The tuned model and what is known about it, or why there is none. A cancelled session has one too: the best that was found until then.
    /// </returns>
    /// <exception cref="JournalException">The records cannot be used.</exception>
    /// <exception cref="WorkerUnavailableException">No worker process starts.</exception>
    /// <exception cref="TunedModelException">The model file cannot be written.</exception>
    public async Task<Result<TuneOutcome, TuneError>> RunAsync(IProgress<TuneEvent>? progress = null, CancellationToken cancellation = default)
    {
        KernelWorker.RefuseInWorker();
        progress ??= new Unobserved();
        if (Plan.Error is { } impossible)
        {
            return impossible;
        }

        DeviceProfile device = Plan.Options.Device;
        if (device.Kind == TargetKind.Cpu)
        {
            return await RunAsync(Plan, progress, cancellation);
        }

        Result<IBackend, string> opened = BackendCatalog.Open(device.Name, clock, ProgramCache.OfUser());
        if (!opened.Succeeded)
        {
            return new DeviceFailed(device, opened.Error);
        }

        using IBackend backend = opened.Value;
        try
        {
            return await RunAsync(Plan.On(backend), progress, cancellation);
        }
        catch (DeviceException failed)
        {
            return new DeviceFailed(device, failed.Message.TrimEnd('.'));
        }
    }

    private async Task<Result<TuneOutcome, TuneError>> RunAsync(TunePlan plan, IProgress<TuneEvent> progress, CancellationToken cancellation)
    {
        TuneOptions options = plan.Options;
        using var journal = Journal.Open(options.Records, selection: new RecordSelection(plan.Tasks.Select(task => task.Key), options.Device.Id));
        var log = new JournalTrialLog(journal, options.Device.Id, Guid.NewGuid().ToString("N"), options.Device.Kind);
        if (log.Outdated(plan.Tasks.Select(task => task.Key).ToHashSet()) is > 0 and int outdated)
        {
            progress.Report(new TrialsOutdated(outdated));
        }

        // What the reference kernels say does not depend on what will be chosen: asked now, its time is known when the budget is divided.
        var check = new CheckedModel(plan, log, progress, clock);
        check.Prepare(cancellation);
        FinishCosts costs = MeasureCosts(plan);
        var finish = FinishPlan.Of(options.Budget, time.Elapsed, costs);
        progress.Report(new TimeDivided(finish, costs));
        time.Enter("search");
        (TuningReport report, ModelSelection? selection) = await SearchAsync(plan, log, finish, costs, progress, cancellation);
        if (report.End == RunEnd.NothingWorked)
        {
            return new CandidatesFailed(report);
        }

        time.Enter("verify");
        ModelRepair tuned = check.Verified([.. Layers(report, selection).Select(task => Choose(task, selection, log))]);
        if (tuned.Difference is { } wrong)
        {
            return new ModelDiffers(wrong, check.Tolerance);
        }

        time.Enter("compare");
        bool alike = tuned.Configurations.All(configuration => configuration.Source == ConfigurationSource.Default)
            || report.Tasks.All(task => task.RunsDefault);
        (ModelComparison? latency, ImmutableDictionary<string, TaskGain> gains) = await new DefaultComparison(plan, progress, clock).RunAsync(
            report, tuned.Configurations, alike && selection is not { FusedPairs.IsEmpty: false }, () => TimeLeft - finish.Verifying ?? finish.Comparing,
            cancellation);
        ImmutableArray<TunedConfiguration> written = tuned.Configurations;
        if (latency is { KeepsDefaults: true })
        {
            time.Enter("verify");
            ModelRepair plain = check.Verified([.. Layers(report, null).Select(CheckedModel.Default)]);
            if (plain.Difference is { } worse)
            {
                return new ModelDiffers(worse, check.Tolerance);
            }

            written = plain.Configurations;
        }

        time.Enter("write");
        TunedModel model = ModelOf(report with { Elapsed = time.Elapsed }, written, latency) with { Programs = check.Programs };
        if (options.Output is { } path)
        {
            TunedModelFile.SaveBeside(path, model);
        }

        return new TuneOutcome(model, report with { Elapsed = time.Elapsed }, latency, gains, time.Phases, log.Appended)
        {
            Compute = plan.Computed is null ? null : ComputeCost.Of(plan, written),
        };
    }

    // A pair has a configuration in the model only where it was chosen: that is what makes it one step.
    private static IEnumerable<TaskReport> Layers(TuningReport report, ModelSelection? selection) =>
        report.Tasks.Where(task => !task.Task.IsAlternative || selection?.FusedPairs.Contains(task.Task.Key) == true);

    // Workers end with the search: nothing of them may disturb the comparison of whole models.
    private async Task<(TuningReport Report, ModelSelection? Selection)> SearchAsync(
        TunePlan plan, JournalTrialLog log, FinishPlan finish, FinishCosts costs, IProgress<TuneEvent> progress, CancellationToken cancellation)
    {
        await using IMeasurer measurer = StartMeasurer?.Invoke() ?? plan.Options.StartWorkers(plan.WeightBytes, clock);
        return await new ConfigurationSearch(plan, time, measurer, log, progress, clock).RunAsync(finish, costs, cancellation);
    }

    // Compiling and running the default model once says what the end will cost. Drivers compile slowly, and what they compiled is kept.
    private FinishCosts MeasureCosts(TunePlan plan)
    {
        if (plan.Tasks.IsEmpty)
        {
            return new FinishCosts(TimeSpan.Zero, TimeSpan.Zero);
        }

        long start = clock.GetTimestamp();
        using var plain = CompiledModel.Compile(plan.Fused, TunedConfigurations.None, plan.ModelOptions);
        TimeSpan compile = clock.GetElapsedTime(start);
        var costs = new FinishCosts(compile, TimeSpan.FromMilliseconds(new TimedModel(plain, plan.Options.Seed).Run(1).Ms));
        if (plan.Options.Device.Kind == TargetKind.Cpu)
        {
            return costs;
        }

        start = clock.GetTimestamp();
        CompiledModel.Compile(plan.Fused, TunedConfigurations.None, plan.ModelOptions).Dispose();
        return costs with { Recompile = clock.GetElapsedTime(start) };
    }

    private TunedConfiguration Choose(TaskReport task, ModelSelection? selection, JournalTrialLog log)
    {
        if (task.BestMs is null)
        {
            return CheckedModel.Default(task);
        }

        IReadOnlyDictionary<string, string> knobs = task.Best.ToLabels();
        if (selection?.Tasks.GetValueOrDefault(task.Task.Key) is { RunnerUp: { } other } chosen)
        {
            string? otherTask = other.TaskKey == task.Task.Key ? null : other.TaskKey;
            var runnerUp = new RunnerUp(other.Configuration.ToLabels(), other.LayerMs) { AddedMs = other.ModelMs - selection.Ms, Task = otherTask };
            return new TunedConfiguration(task.Task.Key, knobs, chosen.Ms, ConfigurationSource.Tuned, runnerUp);
        }

        Trial? second = log.RunnerUp(task.Task.Key, Plan.Options.Threads, knobs);
        return new TunedConfiguration(
            task.Task.Key, knobs, task.BestMs, ConfigurationSource.Tuned, second is null ? null : new RunnerUp(second.Knobs, second.Result.MedianMs));
    }

    private TunedModel ModelOf(TuningReport report, ImmutableArray<TunedConfiguration> configurations, ModelComparison? latency)
    {
        TuneOptions options = Plan.Options;
        return new TunedModel
        {
            Network = Plan.Fused,
            Open = Precision is null && options is { Weights: WeightFormat.F32, Compute: ComputeFormat.F32 } ? options.Open : null,
            Configurations = configurations,
            Device = options.Device.Id,
            DeviceDescription = options.Device.Description,
            DeviceKind = options.Device.Kind,
            Threads = options.Threads,
            VectorLanes = options.Target.Lanes,
            CreatedAt = clock.GetUtcNow(),
            ProductVersion = typeof(TuneSession).Assembly.GetName().Version?.ToString(3) ?? "0",
            Source = options is { Source: { } source, Output: { } target } ? SourceFile.Remembered(source, target) : options.Source,
            SourceSha256 = Plan.SourceSha256,
            WithoutFusions = options.WithoutFusions,
            Precision = Precision,
            Summary = new TuningSummary(
                options.Tuner, options.Seed, report.Trials, report.Elapsed.TotalSeconds, TuneOutcome.BeforeOf(report, latency),
                TuneOutcome.AfterOf(report, latency)),
        };
    }

    private sealed class Unobserved : IProgress<TuneEvent>
    {
        public void Report(TuneEvent value)
        {
            // Nobody asked.
        }
    }
}
