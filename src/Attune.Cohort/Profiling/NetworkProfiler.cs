using System.Collections.Immutable;
using Attune.Cohort.Live;
using Attune.Cohort.Profiles;
using Attune.Devices;
using Attune.Kernels;
using Attune.Runtime;
using Attune.Runtime.Stages;

namespace Attune.Cohort.Profiling;

/// <summary>
/// Measures what a network costs on this machine: cuts it into stages, then runs it at every setting of the knobs in every variant, in a random order that
/// changes from round to round, and keeps median and 95th percentile of each stage. Not thread-safe; nothing else should run meanwhile.
/// </summary>
public sealed class NetworkProfiler
{
    private const int LayoutRuns = 7;
    private const int BoundaryProbes = 200;

    // What a decision costs besides the boundary itself (design paper, 1.14: at most 20 us for eight networks).
    private const double DecisionUs = 10;
    private const double TightestDeadline = 1.2;
    private readonly CompiledModel model;
    private readonly ProfilingOptions options;
    private readonly ImmutableArray<int> threads;

    /// <summary>Prepares a profile.</summary>
    /// <param name="model">The model, compiled with as many threads as are to be measured at most; stays the caller's.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public NetworkProfiler(CompiledModel model, ProfilingOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Runs, 5);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Runs, 10_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxStages, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxStages, 512);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Levels, 2);
        this.model = model;
        this.options = options;
        int max = model.Options.Threads;
        threads = options.Threads.IsEmpty ? [.. Enumerable.Range(1, max).Where(count => count <= 4 || int.IsPow2(count) || count == max)] : options.Threads;
        if (threads.Any(count => count < 1 || count > max))
        {
            throw new ArgumentOutOfRangeException(nameof(options), $"Threads to measure must lie between 1 and the model's {max}.");
        }
    }

    /// <summary>
    /// Answers that an output of a shape holds, at least 1: as many as it has rows, where a class is named for each step of a sequence; otherwise one.
    /// </summary>
    /// <param name="output">Shape of the network's first output.</param>
    public static int AnswersOf(Shape output) => AccuracyMeasurement.RowsOf(output);

    /// <summary>Measures.</summary>
    /// <param name="name">Name of the network.</param>
    /// <param name="calibration">Inputs for the accuracy of variants.</param>
    /// <param name="cancellation">Stops between two runs.</param>
    /// <exception cref="ArgumentException">There are labels, but not one for each answer.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="InvalidOperationException">The model cannot run stage by stage.</exception>
    public NetworkProfile Run(string name, CalibrationSet calibration, CancellationToken cancellation = default)
    {
        int answers = calibration.Inputs.Length * AnswersOf(model.Outputs[0].Type.Shape);
        if (!calibration.Labels.IsEmpty && calibration.Labels.Length != answers)
        {
            throw new ArgumentException($"There are {calibration.Labels.Length} labels for {answers} answers.", nameof(calibration));
        }

        using var team = new ThreadTeam(model.Options.Threads);
        (StageLayout layout, double boundaryUs) = Cut(team, calibration.Inputs[0], cancellation);
        using var network = new StagedNetwork(model, layout);
        string[] names = [.. Enumerable.Range(0, network.Variants).Select(
            variant => variant == 0 ? "exact" : options.VariantNames.ElementAtOrDefault(variant - 1) ?? $"form-{variant}")];
        network.Begin(calibration.Inputs[0]);
        KnobSweep sweep = KnobSweep.Of(options.Knobs, options.Levels);
        var measurement = new StageMeasurement(network, team, threads, sweep, options);
        ImmutableArray<ProfileSetting> settings = measurement.Run(cancellation);
        (ImmutableArray<VariantAccuracy> accuracy, double[][] losses) = names.Length == 1
            ? ([new VariantAccuracy(names[0], 1, 1, 1)], [new double[network.Stages]])
            : AccuracyMeasurement.Run(network, model.Outputs[0].Type.Shape, calibration, names, team, options.Progress);
        ProfileVariant[] variants = [.. names.Select(
            (variant, i) => new ProfileVariant(variant, i == 0 ? 0 : accuracy[i].LossPoints) { StageLoss = [.. losses[i]] })];
        var profile = new CohortProfile
        {
            Network = name,
            Machine = model.Device.Id,
            Device = model.Device.Name,
            Origin = $"median of {options.Runs} runs{(names.Length == 1 ? string.Empty : $", accuracy on {calibration.Description}")}"
                + $"{(options.Meter is { } meter ? $", energy {meter.Name}" : string.Empty)}",
            Energy = options.Meter is null ? EnergySource.None : options.Meter.IsEstimate ? EnergySource.Estimated : EnergySource.Measured,
            RestPowerMw = measurement.RestPowerMw,
            Knobs = [new ProfileKnob(RunningCohort.ThreadsKnob, "count"), .. sweep.Knobs.Select(knob => new ProfileKnob(knob.Id, knob.Unit))],
            Stages = [.. layout.Stages.Select(stage => new ProfileStage(stage.Name, stage.First, stage.End - stage.First))],
            Variants = [.. variants],
            Settings = settings,
        };
        if (options.Rival is { } rival)
        {
            profile = ContentionMeasurement.Run(profile, model, rival, calibration.Inputs[0], options, cancellation);
        }

        return new NetworkProfile(profile, accuracy, boundaryUs, measurement.Notes);
    }

    /// <summary>Times all steps once for the cuts, and finds out what a boundary costs.</summary>
    private (StageLayout Layout, double BoundaryUs) Cut(ThreadTeam team, float[] input, CancellationToken cancellation)
    {
        using StagedInference inference = model.CreateStaged();
        input.CopyTo(inference.Input(0));
        ImmutableArray<StagedStep> steps = model.StagedSteps;
        var min = new double[steps.Length];
        Array.Fill(min, double.PositiveInfinity);
        for (int run = 0; run < LayoutRuns; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            inference.Restart();
            for (int step = 0; step < steps.Length; step++)
            {
                long began = options.Clock.GetTimestamp();
                inference.RunTo(step + 1, team, team.Members);
                min[step] = Math.Min(min[step], options.Clock.GetElapsedTime(began).TotalMicroseconds);
            }
        }

        // The least of many: a thread that is taken away for milliseconds is no cost of the boundary.
        double boundary = double.PositiveInfinity;
        for (int probe = 0; probe < BoundaryProbes; probe++)
        {
            long start = options.Clock.GetTimestamp();
            inference.RunTo(inference.Position, team, team.Members);
            boundary = Math.Min(boundary, options.Clock.GetElapsedTime(start).TotalMicroseconds);
        }

        double total = steps.Zip(min).Where(step => step.First.Form == 0).Sum(step => step.Second);
        int max = StageLayout.MaxStages(TightestDeadline * total, boundary + DecisionUs, max: options.MaxStages);
        return (StageLayout.Of(steps, min, max), boundary);
    }
}
