using Attune.Cli.Output;
using Attune.Compile.Compute;
using Attune.Compile.Weights;
using Attune.Tuning.Session;

namespace Attune.Cli.Tune;

/// <summary>What is said about layers that multiply brain floats.</summary>
internal static class ComputeText
{
    /// <summary>How many do.</summary>
    public static string Describe(ComputedNetwork computed) => $"{Units.Counted(computed.Layers.Length, "layer")} in bf16";

    /// <summary>How many do, and what it gains and costs.</summary>
    public static string Describe(ComputedNetwork computed, ComputeCost? cost) => cost is null ? Describe(computed)
        : $"{Describe(computed)}: {cost.Gain:0.00} times as fast as 32-bit floats with default configurations ({Units.Milliseconds(cost.FloatMs)} -> "
            + $"{Units.Milliseconds(cost.Ms)}); largest error {Units.Percent(cost.Error.MaxRelError)} of the largest output, with random inputs";

    /// <summary>What the user should know about layers that go on with 32-bit floats, and about machines that gain nothing.</summary>
    public static IEnumerable<string> Warnings(TunePlan plan, ComputeCost? cost)
    {
        if (plan.Computed is not { } computed)
        {
            yield break;
        }

        if (!plan.Options.Device.Target.MultipliesHalves)
        {
            yield return "This machine has no instructions for brain floats (AVX512-BF16, AMX), so that --compute bf16 makes models slower, not faster.";
        }
        else if (cost is { Gain: < 1 })
        {
            yield return "On this machine brain floats make this model slower than 32-bit floats: leave --compute out. Some processors have the instructions "
                + "(AVX512-BF16), but execute them slowly.";
        }

        if (!computed.Kept.IsEmpty)
        {
            yield return $"{Units.Counted(computed.Kept.Length, "layer")} on 32-bit floats: {string.Join("; ", KeptLayers.ByReason(computed.Kept))}.";
        }
    }
}
