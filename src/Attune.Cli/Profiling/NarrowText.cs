using Attune.Cli.Output;
using Attune.Compile.Diagnostics;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Cli.Profiling;

/// <summary>What a model multiplies instead of 32-bit floats, with which instructions, and what conversions cost.</summary>
internal static class NarrowText
{
    private static readonly string[] Conversions = ["QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "Cast"];

    /// <summary>One line; null for a model of floats alone.</summary>
    /// <param name="explanation">The model's steps.</param>
    /// <param name="target">What its kernels are generated for.</param>
    public static string? Of(ModelExplanation explanation, KernelTarget target)
    {
        StepExplanation[] bytes = [.. explanation.Steps.Where(step => step.Task is { } key && QuantizedWorkload.OutputOf(key) is not null)];
        StepExplanation[] halves = [.. explanation.Steps.Where(step => step.Task is { } key && BFloat16Workload.OutputOf(key) is not null)];
        StepExplanation[] conversions = [.. explanation.Steps.Where(step => Conversions.Contains(step.Title))];
        if (bytes.Length + halves.Length == 0)
        {
            return null;
        }

        string[] layers =
        [
            .. bytes.Length > 0 ? [$"{Units.Counted(bytes.Length, "layer")} on bytes ({By(bytes, InstructionsForBytes(target))})"] : Array.Empty<string>(),
            .. halves.Length > 0 ? [$"{Units.Counted(halves.Length, "layer")} on bf16 ({By(halves, InstructionsForHalves(target))})"] : Array.Empty<string>(),
        ];
        string cost = conversions.Length == 0 ? "no conversion is a step of its own"
            : $"{Units.Counted(conversions.Length, "conversion")} from and to floats, {Units.Milliseconds(conversions.Sum(step => step.Ms))} "
                + $"({Units.Percent(conversions.Sum(step => step.Share))})";
        return $"{string.Join(", ", layers)}; {cost}";
    }

    // Layers on matrix tiles, and the others.
    private static string By(StepExplanation[] layers, string others)
    {
        int tiles = layers.Count(step => step.Algorithm?.EndsWith("-tiles", StringComparison.Ordinal) == true);
        return tiles == 0 ? others : tiles == layers.Length ? "AMX" : $"AMX {tiles}, {others} {layers.Length - tiles}";
    }

    private static string InstructionsForBytes(KernelTarget target) =>
        !target.MultipliesBytes ? "no instruction for them: exact pairs of 16 bits"
        : target.MachineCode != MachineCodeUse.None && target.Instructions.HasFlag(VectorInstructions.DotProduct512) ? "AVX512-VNNI"
        : "AVX-VNNI";

    private static string InstructionsForHalves(KernelTarget target) => target.MultipliesHalves ? "AVX512-BF16" : "no instruction for them: pairs of floats";
}
