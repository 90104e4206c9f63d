using System.Collections.Immutable;
using Attune.Cli.Output;
using Attune.Graph;
using Attune.Kernels;
using Attune.Runtime;

namespace Attune.Cli.Coverage;

/// <summary>Which share of a model's work runs on tuned kernels, on compiled ones, and on reference kernels, which are many times slower.</summary>
/// <param name="Groups">Nodes after fusion, by operator, execution and reason; most work first.</param>
internal sealed record KernelCoverage(ImmutableArray<KernelGroup> Groups)
{
    // Below this the slow kernels are lost in the rest of the model.
    private const double SlowShare = 0.005;
    private const int MostNamed = 3;
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
                    string name = group.Key.Operator.StartsWith(OurDomain, StringComparison.Ordinal) ? group.Key.Operator[OurDomain.Length..] : group.Key.Operator;
                    return new KernelGroup(name, group.Key.Execution, group.Key.Reason, group.Count(), work, work / total, [.. group.Select(node => node.Node.Name)]);
                })
                .OrderByDescending(group => group.Flops)
                .ThenBy(group => group.Operator, StringComparer.Ordinal),
        ]);
    }

    /// <summary>Number of nodes that run so.</summary>
    public int CountOf(NodeExecution execution) => Groups.Where(group => group.Execution == execution).Sum(group => group.Count);

    /// <summary>Share of the model's operations that run so, 0 to 1.</summary>
    public double ShareOf(NodeExecution execution) => Groups.Where(group => group.Execution == execution).Sum(group => group.Share);

    /// <summary>One line, for example "20 nodes tuned (98.1 % of the operations), 9 compiled (1.9 %), none on reference kernels".</summary>
    public string Summary => $"{Units.Counted(CountOf(NodeExecution.Tuned), "node")} tuned ({Units.Percent(ShareOf(NodeExecution.Tuned))} of the operations), "
        + $"{CountOf(NodeExecution.Compiled)} compiled ({Units.Percent(ShareOf(NodeExecution.Compiled))}), "
        + (CountOf(NodeExecution.Reference) is var slow && slow == 0 ? "none on reference kernels" : $"{slow} on slow reference kernels ({Units.Percent(ShareOf(NodeExecution.Reference))})");

    /// <summary>What must be known before time is spent on the model: that, and why, much of it runs slowly. Null when it does not.</summary>
    public string? Warning
    {
        get
        {
            KernelGroup[] slow = [.. Groups.Where(group => group.Execution == NodeExecution.Reference)];
            if (slow.Sum(group => group.Share) <= SlowShare && (slow.Length == 0 || Groups.Any(group => group.Flops > 0)))
            {
                return null;
            }

            string[] causes = [.. slow.GroupBy(group => group.Reason).Select(cause => $"{Names(cause)}: {cause.Key}")];
            return $"{Units.Counted(slow.Sum(group => group.Count), "node")} ({Units.Percent(slow.Sum(group => group.Share))} of the operations, more of the time) run on reference kernels, many times slower than compiled ones. "
                + $"{string.Join("; ", causes.Take(MostNamed))}{(causes.Length > MostNamed ? $"; and {Units.Counted(causes.Length - MostNamed, "other reason")}" : string.Empty)}.";
        }
    }

    private static string Names(IEnumerable<KernelGroup> groups)
    {
        string[] names = [.. groups.Select(group => group.Operator)];
        return $"{string.Join(", ", names.Take(MostNamed))}{(names.Length > MostNamed ? $" and {names.Length - MostNamed} more" : string.Empty)}";
    }
}
