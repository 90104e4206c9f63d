using System.Collections.Immutable;
using System.Numerics;
using Attune.Compile;
using Attune.Kernels;
using Attune.Kernels.Templates;

namespace Attune.Design.Units;

/// <summary>Units that may be expected to differ from one device to the next by one factor: same kind of operator, about the same image size.</summary>
internal static class UnitGroups
{
    /// <summary>Name of a unit's group, for example "depthwise 5 s2, images up to 16".</summary>
    public static string Of(ModelUnit unit)
    {
        if (unit.Workload?.Exit is not { } w)
        {
            return unit.Key.Split('/')[0].ToLowerInvariant();
        }

        string kind = w.IsDense ? "dense" : w.IsDepthwise ? $"depthwise {w.KernelHeight}"
            : $"{(w.IsTransposed ? "transposed" : "conv")} {w.KernelHeight}x{w.KernelWidth}";
        string stride = w.StrideHeight > 1 ? $" s{w.StrideHeight}" : string.Empty;
        string weights = unit.Multiplies == DataType.UInt8 ? " on bytes"
            : w.Weights == WeightFormat.F32 ? string.Empty
            : $" {WeightFormats.NameOf(w.Weights)}";
        return w.IsDense ? $"{kind}{weights}" : $"{kind}{stride}{weights}, images up to {Side(w)}";
    }

    /// <summary>All groups of some designs, in a stable order.</summary>
    public static ImmutableArray<string> Of(IEnumerable<EncodedDesign> designs) =>
        [.. designs.SelectMany(design => design.Units).Select(Of).Distinct().Order(StringComparer.Ordinal)];

    // Layouts may have flattened rows and columns into one row, so the area counts, not the height.
    private static uint Side(ConvolutionWorkload w) => BitOperations.RoundUpToPowerOf2((uint)Math.Ceiling(Math.Sqrt((double)w.OutHeight * w.OutWidth)));
}
