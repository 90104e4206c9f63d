using System.Diagnostics.CodeAnalysis;

namespace Attune.Kernels.Templates;

/// <summary>
/// A convolution, depthwise convolution or matrix product of activations that are unsigned bytes with weights that are signed ones, each with a scale: sums are
/// integers of 32 bits. The output is bytes again, or floats.
/// </summary>
internal sealed record QuantizedWorkload : ConvolutionWorkload
{
    /// <summary>Input channels that are multiplied at once.</summary>
    public const int Neighbours = 4;

    private const string ByteSuffix = "q8";
    private const string FloatSuffix = "q8f";

    [SetsRequiredMembers]
    internal QuantizedWorkload(ConvolutionWorkload geometry)
        : base(geometry)
    {
        Weights = WeightFormat.I8;
        if (InputLayout != ActivationLayout.RowMajor)
        {
            (InputLayout, OutputLayout) = (ActivationLayout.ChannelsLast, ActivationLayout.ChannelsLast);
        }
    }

    /// <summary>Elements of the output: unsigned bytes, or floats.</summary>
    public DataType OutputElement { get; init; } = DataType.UInt8;

    /// <summary>A depthwise convolution.</summary>
    public bool HasOneChannelPerGroup => Groups > 1 && Groups == InChannels && Groups == OutChannels && InputLayout == ActivationLayout.ChannelsLast;

    /// <inheritdoc/>
    public override bool AllowsNarrowWeights => true;

    /// <inheritdoc/>
    public override string Title => IsDense
        ? Text("dense", $"{InChannels}->{OutChannels}", $"m{Width}")
        : HasOneChannelPerGroup ? Text($"depthwise {KernelHeight}x{KernelWidth}", $"{InChannels}", $"{OutHeight}x{OutWidth}") : base.Title;

    internal override int ElementBytes => 1;

    private protected override string Kind =>
        (IsDense ? "dense" : HasOneChannelPerGroup ? "depthwise2d" : "conv2d") + (OutputElement == DataType.Float32 ? FloatSuffix : ByteSuffix);

    private protected override string Shapes =>
        (IsDense ? Width == 1 ? "dense vector" : "dense"
            : HasOneChannelPerGroup ? $"depthwise s{StrideHeight}"
            : $"conv {KernelHeight}x{KernelWidth} s{StrideHeight}") + " quantised";

    /// <summary>Elements of the output of the workload with a key; null when the key is that of no quantised one.</summary>
    public static DataType? OutputOf(string key)
    {
        string kind = key.Split('/', 2)[0];
        return kind.EndsWith(FloatSuffix, StringComparison.Ordinal) ? DataType.Float32
            : kind.EndsWith(ByteSuffix, StringComparison.Ordinal) ? DataType.UInt8
            : null;
    }
}
