using System.Diagnostics.CodeAnalysis;

namespace Attune.Kernels.Templates;

/// <summary>A matrix product [M, K] x [K, N] with constant right operand: a 1x1 convolution of a row-major image with H = 1, W = M, C = K.</summary>
internal sealed record DenseWorkload : ConvolutionWorkload
{
    [SetsRequiredMembers]
    internal DenseWorkload(ConvolutionWorkload geometry)
        : base(geometry)
    {
    }

    /// <inheritdoc/>
    public override string Title => Text("dense", $"{InChannels}->{OutChannels}", $"m{Width}");

    private protected override string Kind => "dense";

    private protected override string Shapes => Width == 1 ? "dense vector" : "dense";
}
