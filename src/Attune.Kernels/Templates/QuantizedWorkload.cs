using System.Diagnostics.CodeAnalysis;

namespace Attune.Kernels.Templates;

/// <summary>
/// A convolution, depthwise convolution or matrix product of activations that are unsigned bytes with weights that are signed ones, each with a scale: sums are
/// integers of 32 bits. The output is bytes again, or floats.
/// </summary>
internal sealed record QuantizedWorkload : NarrowWorkload
{
    /// <summary>Input channels that are multiplied at once.</summary>
    public const int Neighbours = 4;

    private const string ByteSuffix = "q8";
    private const string FloatSuffix = "q8f";

    [SetsRequiredMembers]
    internal QuantizedWorkload(ConvolutionWorkload geometry)
        : base(geometry, WeightFormat.I8, DataType.UInt8)
    {
    }

    private protected override string Suffix => OutputElement == DataType.Float32 ? FloatSuffix : ByteSuffix;

    private protected override string Shapes => $"{base.Shapes} quantised";

    /// <summary>Elements of the output of the workload with a key; null when the key is that of no quantised one.</summary>
    public static DataType? OutputOf(string key) => OutputOf(key, ByteSuffix, FloatSuffix, DataType.UInt8);
}
