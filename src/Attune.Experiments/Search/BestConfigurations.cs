using System.Collections.Immutable;
using Attune.Experiments.Setup;

namespace Attune.Experiments.Search;

/// <summary>From searches to what a model is compiled with.</summary>
public static class BestConfigurations
{
    /// <summary>Knobs by task key that one arm found with one seed; a task where nothing worked is left out and runs its default.</summary>
    /// <param name="tasks">Tasks of one network.</param>
    /// <param name="traces">Searches.</param>
    /// <param name="arm">The arm.</param>
    /// <param name="seed">The seed.</param>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Of(
        IEnumerable<ExperimentTask> tasks, IEnumerable<SearchTrace> traces, string arm, int seed)
    {
        ILookup<string, SearchTrace> found = traces.Where(trace => trace.Arm == arm && trace.Seed == seed).ToLookup(trace => trace.Task);
        var knobs = ImmutableDictionary.CreateBuilder<string, IReadOnlyDictionary<string, string>>();
        foreach (ExperimentTask task in tasks)
        {
            if (found[task.Tuning.Key].FirstOrDefault(trace => trace.Group == task.Group)?.Best is { } best)
            {
                knobs[task.Tuning.Key] = task.Tuning.Space[best.Index].ToLabels();
            }
        }

        return knobs.ToImmutable();
    }
}
