using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Compile;

/// <summary>One thing to tune: a workload and the layers that have it.</summary>
/// <param name="Workload">Geometry.</param>
/// <param name="Nodes">Names of the nodes, in order of execution.</param>
public sealed record ModelTask(WeightedWorkload Workload, ImmutableArray<string> Nodes)
{
    /// <summary>Key of the task in records and model files.</summary>
    public string Key => Workload.Key;

    /// <summary>The tasks of a fused network, in order of first execution; repeated layers are one task.</summary>
    /// <param name="network">The fused network.</param>
    /// <param name="target">What its kernels would be generated for.</param>
    public static ImmutableArray<ModelTask> Of(Network network, KernelTarget target)
    {
        ExecutionPlan plan = PlanOf(network, target);
        return [.. plan.Steps
            .Where(step => step.Kind == StepKind.Convolution)
            .Select(step => (Workload: ExecutionPlan.WorkloadOf(step), step.Name))
            .GroupBy(pair => pair.Workload.Key)
            .Select(group => new ModelTask(group.First().Workload, [.. group.Select(pair => pair.Name)]))];
    }

    /// <summary>
    /// Fused pairs that could take the place of two tasks of <see cref="Of"/> each, in order of first execution. A pair runs in a model when the model has a
    /// configuration for its key.
    /// </summary>
    /// <param name="network">The fused network.</param>
    /// <param name="target">What its kernels would be generated for.</param>
    public static ImmutableArray<ModelTask> PairsOf(Network network, KernelTarget target)
    {
        ExecutionPlan plan = PlanOf(network, target);
        NodePlan[] nodes = [.. plan.Steps.Where(step => step.Plan is not null).Select(step => step.Plan!)];
        return [.. PairFusion.Find(network, nodes)
            .GroupBy(pair => pair.Workload.Key)
            .Select(group => new ModelTask(group.First().Workload, [.. group.Select(pair => nodes[pair.Second].Node.Name)]))];
    }

    private static ExecutionPlan PlanOf(Network network, KernelTarget target) => ExecutionPlan.Create(network, target);
}
