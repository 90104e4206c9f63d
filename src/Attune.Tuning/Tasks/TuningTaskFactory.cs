using System.Collections.Immutable;
using Attune.Compile;
using Attune.Kernels;
using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Tuning.Run;

namespace Attune.Tuning.Tasks;

/// <summary>Makes the tasks of a search from workloads: the only place where a workload gets its space, default and hints.</summary>
/// <param name="purpose">What the tasks are searched for.</param>
/// <param name="target">What kernels are generated for.</param>
/// <param name="threads">Threads the kernels run on, at least 1.</param>
public sealed class TuningTaskFactory(TaskPurpose purpose, KernelTarget target, int threads)
{
    /// <summary>Bytes of weights that one inference of some layers reads: candidates are measured with the caches they see there.</summary>
    /// <param name="tasks">The layers.</param>
    public static long WeightBytes(IEnumerable<ModelTask> tasks) => tasks.Sum(task => task.Workload.WeightBytes * task.Nodes.Length);

    /// <summary>The layers of a fused network, in order of first execution.</summary>
    /// <param name="fused">The network after all passes.</param>
    public ImmutableArray<TuningTask> Layers(Network fused) => [.. ModelTask.Of(fused, target).Select(Of)];

    /// <summary>Pairs of layers that might run as one: other forms of tasks of <see cref="Layers"/>.</summary>
    /// <param name="fused">The network after all passes.</param>
    public ImmutableArray<TuningTask> Pairs(Network fused) => [.. ModelTask.PairsOf(fused, target).Select(task => Of(task) with { IsAlternative = true })];

    /// <summary>The task of some layers.</summary>
    /// <param name="task">The layers.</param>
    public TuningTask Of(ModelTask task) => Of(task.Workload, task.Nodes.Length);

    /// <summary>The task of a workload.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="occurrences">How often it occurs, at least 1.</param>
    public TuningTask Of(WeightedWorkload workload, int occurrences)
    {
        Space space = KernelTemplates.CreateSpace(workload, target);
        long start = KernelTemplates.DefaultIndex(workload, space, target);
        var task = new TuningTask(workload.Title, workload.Key, space, start, occurrences, workload.Flops) { Family = workload.Family };
        return purpose switch
        {
            TaskPurpose.Comparison => task,
            TaskPurpose.Kernels => task with { Suggestions = Suggestions() },
            _ =>
                task with
                {
                    Suggestions = Suggestions(),
                    ClassOf = ClassOf,
                    Siblings = configuration => PartitionSiblings.Of(workload, configuration, threads),
                },
        };

        ImmutableArray<long> Suggestions() => [.. KernelTemplates.SuggestedIndices(workload, space, target, threads)];

        string ClassOf(Configuration configuration) =>
            $"{configuration.Algorithm} {WorkPartitions.Of(workload, configuration).ClassOf(threads)}";
    }
}
