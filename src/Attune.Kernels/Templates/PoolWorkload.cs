namespace Attune.Kernels.Templates;

/// <summary>Geometry of one pooling in blocked layout, without dilation.</summary>
/// <param name="Batch">Images.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Height">Input rows.</param>
/// <param name="Width">Input columns.</param>
/// <param name="OutHeight">Output rows.</param>
/// <param name="OutWidth">Output columns.</param>
/// <param name="KernelHeight">Window rows.</param>
/// <param name="KernelWidth">Window columns.</param>
/// <param name="StrideHeight">Vertical stride.</param>
/// <param name="StrideWidth">Horizontal stride.</param>
/// <param name="PadTop">Rows of padding above.</param>
/// <param name="PadLeft">Columns of padding to the left.</param>
/// <param name="Lanes">Vector lanes.</param>
internal sealed record PoolWorkload(
    int Batch,
    int Channels,
    int Height,
    int Width,
    int OutHeight,
    int OutWidth,
    int KernelHeight,
    int KernelWidth,
    int StrideHeight,
    int StrideWidth,
    int PadTop,
    int PadLeft,
    int Lanes) : Workload
{
    /// <summary>What is made of a window.</summary>
    public PoolOperation Operation { get; init; }

    /// <inheritdoc/>
    public override int Lanes { get; init; } = Lanes;

    /// <inheritdoc/>
    public override string Title => $"{Operation} pool {KernelHeight}x{KernelWidth} {Channels} {OutHeight}x{OutWidth}";

    /// <inheritdoc/>
    public override long Flops => (long)Batch * Channels * OutHeight * OutWidth * KernelHeight * KernelWidth;

    /// <summary>
    /// Windows of a row, counted from the left, that end before the image does. None when the image with its left padding is narrower than the first one: there
    /// a division that rounds towards zero would count one that passes the edge.
    /// </summary>
    public int WindowsBeforeRightEdge => PadLeft + Width < KernelWidth ? 0 : ((PadLeft + Width - KernelWidth) / StrideWidth) + 1;

    /// <summary>Channel blocks.</summary>
    public int Blocks => (Channels + Lanes - 1) / Lanes;
}
