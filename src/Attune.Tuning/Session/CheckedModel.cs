using System.Collections.Immutable;
using Attune.Compile.Models;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Measuring;
using Attune.Measuring.Models;
using Attune.Records;
using Attune.Runtime;
using Attune.Tuning.Run;

namespace Attune.Tuning.Session;

/// <summary>
/// The last gate before a model is written: its outputs as a whole are compared with the reference kernels. Configurations that make them differ are replaced
/// by defaults and go to the records as wrong; a model that differs with defaults too is not written.
/// </summary>
internal sealed class CheckedModel
{
    private readonly TunePlan plan;
    private readonly ITrialLog log;
    private readonly IProgress<TuneEvent> progress;
    private readonly TimeProvider clock;
    private readonly ModelCheck check;

    /// <summary>Makes the gate; the reference runs when it is prepared, or else when it is first needed.</summary>
    public CheckedModel(TunePlan plan, ITrialLog log, IProgress<TuneEvent> progress, TimeProvider clock)
    {
        this.plan = plan;
        this.log = log;
        this.progress = progress;
        this.clock = clock;

        // Rounding that was asked for is not the kernels' fault: with narrow weights or products the reference runs the network that has them.
        Network reference = plan.Narrowed.Format == WeightFormat.F32 && plan.Computed is null ? plan.Original : plan.Fused;
        Network rounding = plan.Computed is null ? plan.Original : plan.Fused;
        check = new ModelCheck(reference, ModelTolerance.Of(WeightFormat.F32, rounding), plan.Options.Seed, progress, clock);
    }

    /// <summary>Largest allowed error relative to the largest magnitude of an output.</summary>
    public double Tolerance => check.Tolerance;

    /// <summary>Compiled programs of the model that was found right last.</summary>
    public ImmutableArray<DeviceCode> Programs { get; private set; } = [];

    /// <summary>Runs the reference kernels beforehand. Interrupted, it leaves what is missing to <see cref="Verified"/>.</summary>
    public void Prepare(CancellationToken cancellation)
    {
        try
        {
            check.Prepare(cancellation);
        }
        catch (OperationCanceledException)
        {
            progress.Report(new PreparationCancelled());
        }
    }

    /// <summary>The default configuration of a task.</summary>
    public static TunedConfiguration Default(TaskReport task) =>
        new(task.Task.Key, task.Task.Space[task.Task.DefaultIndex].ToLabels(), task.DefaultMs, ConfigurationSource.Default, null);

    /// <summary>
    /// Configurations with which the model as a whole is right: those given, or those with defaults in the place of some; or the difference that remains with
    /// defaults throughout. A cancellation waits until this is known.
    /// </summary>
    /// <param name="found">The configurations of the model.</param>
    public ModelRepair Verified(ImmutableArray<TunedConfiguration> found)
    {
        progress.Report(new VerifyingStarted());
        ModelRepair repair = ModelRepair.Of(found, Fallback, Difference);
        foreach (TunedConfiguration culprit in repair.Culprits)
        {
            Disqualify(culprit);
        }

        return repair;
    }

    private OutputError? Difference(ImmutableArray<TunedConfiguration> configurations)
    {
        using var model = CompiledModel.Compile(plan.Fused, TunedConfigurations.Of(configurations), plan.ModelOptions);
        OutputError? difference = check.Difference(model.Run, CancellationToken.None);
        Programs = difference is null ? model.Programs : Programs;
        return difference;
    }

    // A pair without a configuration is two layers again.
    private TunedConfiguration? Fallback(TunedConfiguration configuration)
    {
        TuningTask task = plan.Tasks.First(each => each.Key == configuration.Task);
        IReadOnlyDictionary<string, string> sound = task.Space[task.DefaultIndex].ToLabels();
        return task.IsAlternative ? null
            : task.Space.Find(configuration.Knobs)?.Index == task.DefaultIndex ? configuration
            : new TunedConfiguration(task.Key, sound, null, ConfigurationSource.Default, null);
    }

    private void Disqualify(TunedConfiguration culprit)
    {
        TuningTask task = plan.Tasks.First(each => each.Key == culprit.Task);
        string message = "With it the whole model differs from the reference.";
        log.Append(new Trial(
            task.Key,
            task.Space.Find(culprit.Knobs)!.Value.Index,
            culprit.Knobs,
            plan.Options.Threads,
            MeasureResult.Failed(Outcome.WrongResult, message),
            plan.Options.Tuner,
            plan.Options.Seed,
            clock.GetUtcNow()));
        progress.Report(new ConfigurationReplaced(task, message));
    }
}
