using System.Collections.Immutable;
using System.Globalization;
using Attune.Compile;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Tuning.Tasks;

namespace Attune.Experiments.Setup;

/// <summary>From networks to the tasks of an experiment.</summary>
public static class NetworkTasks
{
    /// <summary>The tasks of a fused network, in order of execution.</summary>
    /// <param name="name">Name of the network in reports.</param>
    /// <param name="fused">The network after all passes.</param>
    /// <param name="target">What kernels are generated for; null for the processors of this machine.</param>
    public static ImmutableArray<ExperimentTask> Of(string name, Network fused, KernelTarget? target = null)
    {
        target ??= HostTarget.Widest;
        ImmutableArray<ModelTask> tasks = ModelTask.Of(fused, target);
        long weightBytes = TuningTaskFactory.WeightBytes(tasks);

        // A comparison's tasks know nothing of threads: those matter to suggestions and classes alone, which nobody is told.
        var factory = new TuningTaskFactory(TaskPurpose.Comparison, target, threads: 1);
        return [.. tasks.Select(task => new ExperimentTask(name, factory.Of(task)) { WeightBytes = weightBytes })];
    }

    /// <summary>The tasks that a text means: one by its number from 1, or those whose name holds it or whose key it is.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="wanted">The text.</param>
    public static ImmutableArray<ExperimentTask> Matching(ImmutableArray<ExperimentTask> tasks, string wanted) =>
        int.TryParse(wanted, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number)
            ? number >= 1 && number <= tasks.Length ? [tasks[number - 1]] : []
            : [.. tasks.Where(task => task.Tuning.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase) || task.Tuning.Key == wanted)];
}
