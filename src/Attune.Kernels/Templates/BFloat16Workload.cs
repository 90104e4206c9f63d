using System.Diagnostics.CodeAnalysis;

namespace Attune.Kernels.Templates;

/// <summary>
/// A convolution, depthwise convolution or matrix product of activations and weights that are brain floats: products are exact in floats, and floats are what
/// sums, biases and activations are. The output is brain floats again, or floats.
/// </summary>
internal sealed record BFloat16Workload : NarrowWorkload
{
    /// <summary>Input channels that are multiplied at once.</summary>
    public const int Neighbours = 2;

    private const string NarrowSuffix = "bf16";
    private const string FloatSuffix = "bf16f";

    [SetsRequiredMembers]
    internal BFloat16Workload(ConvolutionWorkload geometry)
        : base(geometry, WeightFormat.BF16, DataType.BFloat16)
    {
    }

    private protected override string Suffix => OutputElement == DataType.Float32 ? FloatSuffix : NarrowSuffix;

    /// <summary>Elements of the output of the workload with a key; null when the key is that of another workload.</summary>
    public static DataType? OutputOf(string key) => OutputOf(key, NarrowSuffix, FloatSuffix, DataType.BFloat16);
}
