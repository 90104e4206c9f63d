using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Runtime.Plan;

namespace Attune.Runtime;

/// <summary>What runs each node of a network, as the execution plan decides it: nothing is guessed and nothing is run.</summary>
/// <param name="Nodes">One entry for each node, in order.</param>
public sealed record ModelCoverage(ImmutableArray<NodeCoverage> Nodes)
{
    /// <summary>Plans a network and tells what its nodes became.</summary>
    /// <param name="network">The network after fusion.</param>
    /// <param name="target">What its kernels would be generated for.</param>
    /// <param name="withoutFusions">Names of fusions that are switched off; null for none.</param>
    public static ModelCoverage Of(Network network, KernelTarget target, IEnumerable<string>? withoutFusions = null) =>
        Of(ExecutionPlan.Create(network, target, PlanRequest.Of([], withoutFusions ?? [])));

    /// <summary>Tells what the nodes of a planned network became.</summary>
    internal static ModelCoverage Of(ExecutionPlan plan)
    {
        var kinds = new Dictionary<string, StepKind>(StringComparer.Ordinal);
        foreach (PlannedStep step in plan.Steps.Where(step => step.Plan is not null))
        {
            kinds[step.Plan!.Node.Name] = step.Kind;
            if (step.Plan.Before is { } inner)
            {
                kinds[inner.Name] = step.Kind;
            }
        }

        return new ModelCoverage([.. plan.Network.Nodes.Select(node => Of(plan, node, kinds))]);
    }

    // A node without a step of its own lies in place already.
    private static NodeCoverage Of(ExecutionPlan plan, Node node, Dictionary<string, StepKind> kinds) => kinds.TryGetValue(node.Name, out StepKind kind) switch
    {
        true when kind == StepKind.Reference => new NodeCoverage(node, NodeExecution.Reference, ReferenceReason.Of(plan.Network, node, plan.Target)),
        true when kind == StepKind.Dynamic => new NodeCoverage(node, NodeExecution.AtRunTime, null),
        true when kind == StepKind.Convolution => new NodeCoverage(node, NodeExecution.Tuned, null),
        _ => new NodeCoverage(node, NodeExecution.Compiled, null),
    };
}
