using System.Collections.Immutable;
using Attune.Compile;
using Attune.Kernels;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Tuning;

namespace Attune.Experiments;

/// <summary>From networks to the tasks of an experiment.</summary>
public static class NetworkTasks
{
    /// <summary>The tasks of a fused network, in order of execution.</summary>
    /// <param name="name">Name of the network in reports.</param>
    /// <param name="fused">The network after all passes.</param>
    public static ImmutableArray<ExperimentTask> Of(string name, Network fused)
    {
        ImmutableArray<ModelTask> tasks = ModelTask.Of(fused);
        long weightBytes = tasks.Sum(task => task.Workload.WeightBytes * task.Nodes.Length);
        return [.. tasks.Select(task => Of(name, task, weightBytes))];
    }

    private static ExperimentTask Of(string name, ModelTask task, long weightBytes)
    {
        Space space = KernelTemplates.CreateSpace(task.Workload);
        var tuning = new TuningTask(task.Workload.Title, task.Key, space, KernelTemplates.DefaultIndex(task.Workload, space), task.Nodes.Length, task.Workload.Flops)
        {
            Family = task.Workload.Family,
        };
        return new ExperimentTask(name, tuning) { WeightBytes = weightBytes };
    }
}
