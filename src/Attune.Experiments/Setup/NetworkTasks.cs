using System.Collections.Immutable;
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
    public static ImmutableArray<ExperimentTask> Of(string name, Network fused)
    {
        ImmutableArray<ModelTask> tasks = ModelTask.Of(fused, HostTarget.Widest);
        long weightBytes = TuningTaskFactory.WeightBytes(tasks);

        // A comparison's tasks know nothing of threads: those matter to suggestions and classes alone, which nobody is told.
        var factory = new TuningTaskFactory(TaskPurpose.Comparison, HostTarget.Widest, threads: 1);
        return [.. tasks.Select(task => new ExperimentTask(name, factory.Of(task)) { WeightBytes = weightBytes })];
    }
}
