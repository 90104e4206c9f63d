using System.Diagnostics.CodeAnalysis;

namespace Attune.Kernels.Templates;

/// <summary>A convolution with one input and one output channel per group, in blocked layout.</summary>
public sealed record DepthwiseWorkload : ConvolutionWorkload
{
    [SetsRequiredMembers]
    internal DepthwiseWorkload(ConvolutionWorkload geometry)
        : base(geometry)
    {
    }

    /// <inheritdoc/>
    public override string Title => Text($"depthwise {KernelHeight}x{KernelWidth}", $"{InChannels}", $"{OutHeight}x{OutWidth}");

    private protected override string Kind => "depthwise2d";

    private protected override string Shapes => $"depthwise s{StrideHeight}";
}
