using System.Collections.Immutable;
using Attune.Compile.Coverage;
using Attune.Kernels;
using Attune.Runtime;

namespace Attune.Cli.Output;

/// <summary>What users are told about the kernels that a model runs on.</summary>
internal static class CoverageText
{
    private const int MaxNamed = 3;

    /// <summary>One line, for example "20 nodes tuned (98.1 % of the operations), 9 compiled (1.9 %), none on reference kernels".</summary>
    public static string Summary(KernelCoverage coverage) =>
        $"{Units.Counted(coverage.CountOf(NodeExecution.Tuned), "node")} tuned ({Share(coverage, NodeExecution.Tuned)} of the operations), "
        + $"{coverage.CountOf(NodeExecution.Compiled)} compiled ({Share(coverage, NodeExecution.Compiled)}), "
        + (coverage.CountOf(NodeExecution.Reference) is var slow && slow == 0
            ? "none on reference kernels"
            : $"{slow} on slow reference kernels ({Share(coverage, NodeExecution.Reference)})")
        + (coverage.CountOf(NodeExecution.AtRunTime) > 0 ? ", the end compiled while it runs" : string.Empty);

    /// <summary>What must be known before time is spent on the model: that, and why, much of it runs slowly. Null when it does not.</summary>
    public static string? Warning(KernelCoverage coverage)
    {
        if (!coverage.IsSlow)
        {
            return null;
        }

        KernelGroup[] slow = [.. coverage.Groups.Where(group => group.Execution == NodeExecution.Reference)];
        string[] causes = [.. slow.GroupBy(group => group.Reason).Select(cause => $"{Names(cause)}: {cause.Key}")];
        return $"{Units.Counted(slow.Sum(group => group.Count), "node")} ({Units.Percent(slow.Sum(group => group.Share))} of the operations, more of the time) "
            + "run on reference kernels, many times slower than compiled ones. "
            + $"{string.Join("; ", causes.Take(MaxNamed))}"
            + $"{(causes.Length > MaxNamed ? $"; and {Units.Counted(causes.Length - MaxNamed, "other reason")}" : string.Empty)}.";
    }

    /// <summary>Sentences of advice; empty when there is none.</summary>
    /// <param name="original">The network as read.</param>
    /// <param name="now">How it runs after fusion.</param>
    public static ImmutableArray<string> Advice(Network original, KernelCoverage now)
    {
        var advice = CoverageAdvice.Of(original, now);
        var sentences = ImmutableArray.CreateBuilder<string>();
        if (advice.AsFloat32 is { } then)
        {
            sentences.Add($"Convert the model to float32: {Units.Percent(1 - then.ShareOf(NodeExecution.Reference))} of its operations would then run on "
                + $"compiled kernels, {Share(then, NodeExecution.Tuned)} on tuned ones.");
        }

        if (advice.IsQuantised)
        {
            sentences.Add("Use the float32 model that it was quantised from; --weights i8 stores weights of dense layers and 1x1 convolutions in a "
                + "quarter of the bytes.");
        }

        return sentences.ToImmutable();
    }

    private static string Share(KernelCoverage coverage, NodeExecution execution) => Units.Percent(coverage.ShareOf(execution));

    private static string Names(IEnumerable<KernelGroup> groups)
    {
        string[] names = [.. groups.Select(group => group.Operator)];
        return $"{string.Join(", ", names.Take(MaxNamed))}{(names.Length > MaxNamed ? $" and {names.Length - MaxNamed} more" : string.Empty)}";
    }
}
