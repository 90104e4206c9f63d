namespace Attune.Kernels.Templates;

/// <summary>
/// Where the elements of an activation are: all strides in elements. Element (n, c, h, w) is at Origin + n Batch + (c / v) Block + (c mod v) Lane + h Row + w
/// Pixel.
/// </summary>
/// <param name="Origin">Offset of element (0, 0, 0, 0); past the halo when there is one.</param>
/// <param name="Batch">Step between images.</param>
/// <param name="Block">Step between blocks of v channels.</param>
/// <param name="Lane">Step between channels of a block.</param>
/// <param name="Row">Step between rows.</param>
/// <param name="Pixel">Step between columns.</param>
internal readonly record struct ActivationView(long Origin, long Batch, long Block, long Lane, long Row, long Pixel)
{
    /// <summary>A dense view without extra room but a halo.</summary>
    /// <param name="layout">Layout.</param>
    /// <param name="channels">Channels; rounded up to whole blocks for the blocked layout, and to whole vectors for row-major ones.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="halo">Rows and columns of zeros around the image.</param>
    /// <param name="lanes">Vector lanes v.</param>
    public static ActivationView Dense(ActivationLayout layout, int channels, int height, int width, Halo halo, int lanes)
    {
        long paddedHeight = height + halo.Top + halo.Bottom;
        long paddedWidth = width + halo.Left + halo.Right;
        long blocks = (channels + lanes - 1) / lanes;
        switch (layout)
        {
            case ActivationLayout.Blocked:
                long block = paddedHeight * paddedWidth * lanes;
                return new ActivationView(((halo.Top * paddedWidth) + halo.Left) * lanes, blocks * block, block, 1, paddedWidth * lanes, lanes);
            case ActivationLayout.Planar:
                long plane = paddedHeight * paddedWidth;
                return new ActivationView((halo.Top * paddedWidth) + halo.Left, channels * plane, lanes * plane, plane, paddedWidth, 1);
            default:
                long pixel = blocks * lanes;
                return new ActivationView(
                    ((halo.Top * paddedWidth) + halo.Left) * pixel, paddedHeight * paddedWidth * pixel, lanes, 1, paddedWidth * pixel, pixel);
        }
    }

    /// <summary>
    /// The same memory in steps of several neighbouring channels. Channels of a pixel and of a block are neighbours, and every other distance is whole steps.
    /// </summary>
    /// <param name="neighbours">Channels of a step; divides every distance but that of channels.</param>
    public ActivationView Over(int neighbours) =>
        new(Origin / neighbours, Batch / neighbours, Block / neighbours, Lane, Row / neighbours, Pixel / neighbours);

    /// <summary>True when the rows of an image of this width follow each other without a gap.</summary>
    public bool HasContiguousRows(int width) => Row == width * Pixel;
}
