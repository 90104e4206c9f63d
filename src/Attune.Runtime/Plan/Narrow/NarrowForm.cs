using Attune.Kernels;
using Attune.Kernels.Templates.Quantized;

namespace Attune.Runtime.Plan.Narrow;

/// <summary>How elements narrower than floats stand for numbers.</summary>
/// <param name="Element">Unsigned bytes or brain floats.</param>
/// <param name="Scale">Scale of bytes; null for brain floats, which are numbers as they are.</param>
internal readonly record struct NarrowForm(DataType Element, QuantizationScale? Scale)
{
    /// <summary>Brain floats.</summary>
    public static NarrowForm BrainFloats { get; } = new(DataType.BFloat16, null);

    /// <summary>What stands for 0 in memory.</summary>
    public byte Zero => Scale?.Zero ?? 0;

    /// <summary>Unsigned bytes.</summary>
    public static NarrowForm Bytes(QuantizationScale scale) => new(DataType.UInt8, scale);
}
