using System.Collections.Immutable;
using Attune.Measuring.Probes;
using Attune.Runtime;

namespace Attune.Compile.Diagnostics;

/// <summary>Where a model's time goes: one row per step, against what the machine could do at best.</summary>
/// <param name="Speed">What the machine can do.</param>
/// <param name="Steps">Rows in order of execution.</param>
/// <param name="TotalMs">Sum of the steps' median times.</param>
public sealed record ModelExplanation(MachineSpeed Speed, ImmutableArray<StepExplanation> Steps, double TotalMs)
{
    private const int Runs = 15;

    /// <summary>Profiles a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tuned">What its file says; null where it has default configurations.</param>
    /// <param name="speed">What the machine can do with the model's number of threads.</param>
    public static ModelExplanation Of(CompiledModel model, TunedModel? tuned, MachineSpeed speed)
    {
        (ModelProfile profile, _) = ModelProfile.Of(model, speed, Runs);
        Dictionary<string, TunedConfiguration> configurations = tuned?.Configurations.ToDictionary(configuration => configuration.Task) ?? [];
        ImmutableArray<StepReport> reports = model.Steps;
        return new ModelExplanation(speed, [.. profile.Layers.Select(layer => Explain(layer, reports[layer.Index], configurations))], profile.StepsMs);
    }

    private static StepExplanation Explain(LayerProfile layer, StepReport step, Dictionary<string, TunedConfiguration> tuned)
    {
        TunedConfiguration? known = step.TaskKey is { } key ? tuned.GetValueOrDefault(key) : null;
        return new StepExplanation(
            layer.Index,
            step.Name,
            step.Operation,
            step.Title,
            layer.Ms,
            layer.Share,
            layer.Gflops,
            layer.RooflineShare,
            layer.ExecutedRooflineShare,
            layer.Algorithm,
            step.TaskKey,
            step.Configuration,
            known is { Source: ConfigurationSource.Default } && step.Source == ConfigurationSource.Tuned ? ConfigurationSource.Default : step.Source,
            known?.MedianMs,
            known?.RunnerUp?.MedianMs,
            known?.RunnerUp is { } second ? Words(second, known) : null)
        {
            RunnerUpAddedMs = known?.RunnerUp?.AddedMs,
            Fused = step.Fused,
        };
    }

    // A runner-up of another task has other knobs: its task says what it is, fused or no longer so.
    private static string Words(RunnerUp second, TunedConfiguration chosen)
    {
        string knobs = string.Join(' ', second.Knobs.Where(knob => Differs(knob, chosen.Knobs)).Select(knob => $"{knob.Key}={knob.Value}"));
        return second.Task is { } task ? $"as {task}: {knobs}" : knobs;
    }

    private static bool Differs(KeyValuePair<string, string> knob, IReadOnlyDictionary<string, string> chosen) =>
        !chosen.TryGetValue(knob.Key, out string? label) || label != knob.Value;
}
