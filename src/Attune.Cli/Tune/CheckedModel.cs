using System.Collections.Immutable;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Kernels;
using Attune.Kernels.Templates;
using Attune.Measuring;
using Attune.Records;
using Attune.Runtime;
using Attune.Tuning;

namespace Attune.Cli.Tune;

/// <summary>
/// The last gate before a model is written: its outputs as a whole are compared with the reference kernels. Configurations that make them differ are replaced by defaults and
/// go to the records as wrong; a model that differs with defaults too is not written.
/// </summary>
internal sealed class CheckedModel
{
    private readonly TunePlan plan;
    private readonly ITrialLog log;
    private readonly ProgressLine progress;
    private readonly TimeProvider clock;
    private readonly ModelCheck check;

    /// <summary>Makes the gate; the reference runs when it is prepared, or else when it is first needed.</summary>
    public CheckedModel(TunePlan plan, ITrialLog log, ProgressLine progress, Action<string> report, TimeProvider clock)
    {
        this.plan = plan;
        this.log = log;
        this.progress = progress;
        this.clock = clock;

        // Rounding that was asked for is not the kernels' fault: with narrow weights the reference runs the network that has them.
        Network reference = plan.Narrowed.Format == WeightFormat.F32 ? plan.Model.Network : plan.Fused;
        check = new ModelCheck(reference, NarrowModel.ToleranceOf(WeightFormat.F32), plan.Seed, progress, report, clock);
    }

    /// <summary>Runs the reference kernels beforehand. Interrupted, it leaves what is missing to <see cref="Verified"/>.</summary>
    public void Prepare(CancellationToken cancellation)
    {
        try
        {
            check.Prepare(cancellation);
        }
        catch (OperationCanceledException)
        {
            progress.Announce("tune    interrupted: comparing what is known with the reference kernels, then writing (Ctrl-C again ends at once) ...");
        }
    }

    /// <summary>The default configuration of a task.</summary>
    public static TunedConfiguration Default(TaskReport task) =>
        new(task.Task.Key, task.Task.Space[task.Task.DefaultIndex].ToLabels(), task.DefaultMs, ConfigurationSource.Default, null);

    /// <summary>Configurations with which the model as a whole is right: those given, or those with defaults in the place of some. An interruption waits until this is known.</summary>
    /// <exception cref="CommandFailedException">The model is wrong with default configurations too (AT5001).</exception>
    public ImmutableArray<TunedConfiguration> Verified(ImmutableArray<TunedConfiguration> found)
    {
        progress.Announce("tune    comparing the whole model with the reference kernels ...");
        ModelRepair repair = ModelRepair.Of(found, Fallback, Difference);
        foreach (TunedConfiguration culprit in repair.Culprits)
        {
            Disqualify(culprit);
        }

        return repair.Difference is { } wrong ? throw Refusal(wrong) : repair.Configurations;
    }

    private OutputError? Difference(ImmutableArray<TunedConfiguration> configurations)
    {
        using var model = CompiledModel.Compile(plan.Fused, configurations.ToDictionary(each => each.Task, each => each.Knobs), plan.ModelOptions);
        return check.Difference(model.Run, CancellationToken.None);
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
            plan.Threads,
            MeasureResult.Failed(Outcome.WrongResult, message),
            plan.Searcher,
            plan.Seed,
            clock.GetUtcNow()));
        progress.Announce($"tune    a configuration of {task.Name} is out for good, the default takes its place: {message}");
    }

    private CommandFailedException Refusal(OutputError wrong) => new(new Failure(
        ExitCode.Gate,
        ErrorCodes.WrongResult,
        $"The compiled model differs from the reference kernels: output '{wrong.Output}' by {wrong.MaxRelError:0.##e+0} of its largest magnitude, the tolerance is {check.Tolerance:0.##e+0}. It does so with default configurations too, so a kernel or a fusion of this version computes this model wrongly. Nothing was written.",
        "Please report it with the model. Until it is mended, attune tune --without-fusion NAMES may avoid it (attune tune --help lists them).")
    {
        Where = plan.Output,
    });
}
