using System.Collections.Immutable;
using Attune.Graph.Analysis;
using Attune.Kernels;
using Attune.Runtime;

namespace Attune.Compile.Coverage;

/// <summary>Which share of a model's work runs on tuned kernels, on compiled ones, and on reference kernels, which are many times slower.</summary>
/// <param name="Groups">Nodes after fusion, by operator, execution and reason; most work first.</param>
public sealed record KernelCoverage(ImmutableArray<KernelGroup> Groups)
{
    // Below this the slow kernels are lost in the rest of the model.
    private const double SlowShare = 0.005;
    private const string OurDomain = "attune.";

    /// <summary>Joins what the plan decided with what the nodes cost.</summary>
    /// <param name="network">The network after fusion; its constants may be gone.</param>
    /// <param name="coverage">What runs its nodes.</param>
    public static KernelCoverage Of(Network network, ModelCoverage coverage)
    {
        Dictionary<string, long> flops = NetworkSummary.Of(network).Nodes.ToDictionary(node => node.Name, node => node.Flops);
        double total = Math.Max(1, flops.Values.Sum());
        return new KernelCoverage(
        [
            .. coverage.Nodes.GroupBy(node => (node.Node.Operator, node.Execution, node.Reason))
                .Select(group =>
                {
                    long work = group.Sum(node => flops.GetValueOrDefault(node.Node.Name));
                    string name = group.Key.Operator.StartsWith(OurDomain, StringComparison.Ordinal)
                        ? group.Key.Operator[OurDomain.Length..]
                        : group.Key.Operator;
                    return new KernelGroup(
                        name, group.Key.Execution, group.Key.Reason, group.Count(), work, work / total, [.. group.Select(node => node.Node.Name)]);
                })
                .OrderByDescending(group => group.Flops)
                .ThenBy(group => group.Operator, StringComparer.Ordinal),
        ]);
    }

    /// <summary>Number of nodes that run so.</summary>
    public int CountOf(NodeExecution execution) => Groups.Where(group => group.Execution == execution).Sum(group => group.Count);

    /// <summary>Share of the model's operations that run so, 0 to 1.</summary>
    public double ShareOf(NodeExecution execution) => Groups.Where(group => group.Execution == execution).Sum(group => group.Share);

    /// <summary>True when much of the model runs slowly, which must be known before time is spent on it.</summary>
    public bool IsSlow
    {
        get
        {
            KernelGroup[] slow = [.. Groups.Where(group => group.Execution == NodeExecution.Reference)];
            return slow.Sum(group => group.Share) > SlowShare || (slow.Length > 0 && Groups.All(group => group.Flops == 0));
        }
    }
}
