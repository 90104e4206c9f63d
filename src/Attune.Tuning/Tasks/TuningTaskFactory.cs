using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Runtime;

namespace Attune.Tuning.Tasks;

/// <summary>Makes the tasks of a search from workloads: the only place where a workload gets its space, default and hints.</summary>
/// <param name="purpose">What the tasks are searched for.</param>
/// <param name="threads">Threads the kernels run on, at least 1.</param>
public sealed class TuningTaskFactory(TaskPurpose purpose, int threads)
{
    /// <summary>Bytes of weights that one inference of some layers reads: candidates are measured with the caches they see there.</summary>
    /// <param name="tasks">The layers.</param>
    public static long WeightBytes(IEnumerable<ModelTask> tasks) => tasks.Sum(task => task.Workload.WeightBytes * task.Nodes.Length);

    /// <summary>The layers of a fused network, in order of first execution.</summary>
    /// <param name="fused">The network after all passes.</param>
    public ImmutableArray<TuningTask> Layers(Network fused) => [.. ModelTask.Of(fused).Select(Of)];

    /// <summary>Pairs of layers that might run as one: other forms of tasks of <see cref="Layers"/>.</summary>
    /// <param name="fused">The network after all passes.</param>
    public ImmutableArray<TuningTask> Pairs(Network fused) => [.. ModelTask.PairsOf(fused).Select(task => Of(task) with { IsAlternative = true })];

    /// <summary>The task of some layers.</summary>
    /// <param name="task">The layers.</param>
    public TuningTask Of(ModelTask task) => Of(task.Workload, task.Nodes.Length);

    /// <summary>The task of a workload.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="occurrences">How often it occurs, at least 1.</param>
    public TuningTask Of(ConvolutionWorkload workload, int occurrences)
    {
        Space space = KernelTemplates.CreateSpace(workload);
        var task = new TuningTask(workload.Title, workload.Key, space, KernelTemplates.DefaultIndex(workload, space), occurrences, workload.Flops) { Family = workload.Family };
        return purpose switch
        {
            TaskPurpose.Comparison => task,
            TaskPurpose.Kernels => task with { Suggestions = Suggestions() },
            _ => task with { Suggestions = Suggestions(), ClassOf = ClassOf, Siblings = configuration => PartitionSiblings.Of(workload, configuration, threads) },
        };

        ImmutableArray<long> Suggestions() => [.. KernelTemplates.SuggestedIndices(workload, space, threads)];

        string ClassOf(Configuration configuration) =>
            $"{(space.Has("algorithm") ? configuration.Label("algorithm") : string.Empty)} {WorkPartitions.Of(workload, configuration).ClassOf(threads)}";
    }
}
