using System.Collections.Immutable;
using Attune.Compile.Flow;
using Attune.Runtime;
using Attune.Tuning.Run;

namespace Attune.Tuning.Session;

/// <summary>Finds which steps of the tuned model stand for which of the default one, and what every task gained.</summary>
internal static class TaskGains
{
    /// <summary>Gains by task key; tasks all of whose layers are fused into others have none.</summary>
    /// <param name="comparison">The times.</param>
    /// <param name="before">Steps of the model with default configurations, nothing fused that need not be.</param>
    /// <param name="tuned">Steps of the tuned model; the same when there was nothing to compare.</param>
    /// <param name="flow">Which steps may run as one.</param>
    public static ImmutableDictionary<string, TaskGain> Of(
        ModelComparison comparison, ImmutableArray<StepReport> before, ImmutableArray<StepReport> tuned, ModelDataFlow flow)
    {
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int step = 0; step < before.Length; step++)
        {
            if (before[step].TaskKey is not null)
            {
                positions[before[step].Name] = step;
            }
        }

        var firstHalves = flow.Pairs.ToDictionary(pair => (pair.Workload.Key, flow.Steps[pair.Second].Name), pair => flow.Steps[pair.First].Name);
        return Enumerable.Range(0, tuned.Length).Where(step => tuned[step].TaskKey is not null)
            .GroupBy(step => tuned[step].TaskKey!, StringComparer.Ordinal)
            .ToImmutableDictionary(task => task.Key, task => GainOf([.. task]), StringComparer.Ordinal);

        TaskGain GainOf(int[] steps)
        {
            int[] replaced = [.. steps.SelectMany(Replaced).Distinct()];
            bool same = steps.All(
                step => Replaced(step).All(old => before[old].TaskKey == tuned[step].TaskKey && before[old].Configuration == tuned[step].Configuration));
            return new TaskGain(steps.Length, comparison.DefaultMsOf(replaced) / steps.Length, same ? null : comparison.GainOf(steps, replaced));
        }

        IEnumerable<int> Replaced(int step)
        {
            string name = tuned[step].Name;
            IEnumerable<string> names = firstHalves.TryGetValue((tuned[step].TaskKey!, name), out string? first) ? [first, name] : [name];
            return names.Where(positions.ContainsKey).Select(layer => positions[layer]);
        }
    }
}
