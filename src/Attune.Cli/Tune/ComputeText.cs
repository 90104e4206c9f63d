using System.Collections.Immutable;
using Attune.Cli.Output;
using Attune.Compile.Compute;
using Attune.Kernels.Targets;
using Attune.Measuring.Models;
using Attune.Tuning.Session;

namespace Attune.Cli.Tune;

/// <summary>What is said about layers that multiply brain floats.</summary>
internal static class ComputeText
{
    private const int MaxNamed = 3;

    /// <summary>How many do.</summary>
    public static string Describe(ComputedNetwork computed) => $"{Units.Counted(computed.Layers.Length, "layer")} in bf16";

    /// <summary>How many do, and what it costs.</summary>
    public static string Describe(ComputedNetwork computed, OutputError? error) => Describe(computed)
        + (error is null ? string.Empty : $"; with random inputs the largest error against 32-bit floats is {Units.Percent(error.MaxRelError)} of the largest output");

    /// <summary>What the user should know about layers that go on with 32-bit floats, and about a machine without the instructions.</summary>
    public static IEnumerable<string> Warnings(TunePlan plan)
    {
        if (plan.Computed is not { } computed)
        {
            yield break;
        }

        if (!plan.Options.Device.Target.MultipliesHalves)
        {
            yield return "This machine has no instructions for brain floats (AVX512-BF16), so that --compute bf16 makes the model slower, not faster.";
        }

        if (!computed.Kept.IsEmpty)
        {
            ImmutableArray<string> reasons = [.. computed.Kept.GroupBy(kept => kept.Reason).Select(group =>
                $"{string.Join(", ", group.Take(MaxNamed).Select(kept => kept.Node))}{(group.Count() > MaxNamed ? ", ..." : string.Empty)}: {group.Key}")];
            yield return $"{Units.Counted(computed.Kept.Length, "layer")} on 32-bit floats: {string.Join("; ", reasons)}.";
        }
    }
}
