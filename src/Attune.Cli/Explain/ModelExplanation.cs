using System.Collections.Immutable;
using Attune.Cli.Models;
using Attune.Cli.Probe;
using Attune.Runtime;

namespace Attune.Cli.Explain;

/// <summary>Where a model's time goes: one row per step, against what the machine could do at best.</summary>
/// <param name="Speed">What the machine can do.</param>
/// <param name="Steps">Rows in order of execution.</param>
/// <param name="TotalMs">Sum of the steps' median times.</param>
internal sealed record ModelExplanation(MachineSpeed Speed, ImmutableArray<StepExplanation> Steps, double TotalMs)
{
    private const int Runs = 15;

    /// <summary>Profiles a model.</summary>
    public static ModelExplanation Of(RunnableModel model, MachineSpeed speed)
    {
        CompiledModel compiled = model.Compiled;
        double[] times = compiled.Profile(RandomInputs.For(compiled.Inputs, seed: 1), Runs);
        double total = times.Sum();
        Dictionary<string, TunedConfiguration> tuned = model.Tuned?.Configurations.ToDictionary(configuration => configuration.Task) ?? [];
        ImmutableArray<StepReport> reports = compiled.Steps;
        return new ModelExplanation(speed, [.. reports.Select((step, index) => Explain(step, index, times[index], total, speed, tuned))], total);
    }

    private static StepExplanation Explain(StepReport step, int index, double time, double total, MachineSpeed speed, Dictionary<string, TunedConfiguration> tuned)
    {
        TunedConfiguration? known = step.TaskKey is { } key ? tuned.GetValueOrDefault(key) : null;
        return new StepExplanation(
            index,
            step.Name,
            step.Operation,
            step.Title,
            time,
            time / total,
            time > 0 ? step.Flops / time / 1e6 : 0,
            time > 0 ? Math.Min(1, speed.RooflineMs(step.Flops, step.Bytes) / time) : 0,
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
