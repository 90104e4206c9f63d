using Attune.Kernels;

namespace Attune.Runtime.Plan;

/// <summary>A value's shape as images of channels x rows x columns.</summary>
/// <param name="Images">Images.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
internal readonly record struct Extent(int Images, int Channels, int Rows, int Columns)
{
    public int Count => Images * Channels * Rows * Columns;

    /// <summary>Feature maps: [N, C, H, W], [N, C, W] or [N, C].</summary>
    public static Extent OfImage(Shape shape) => shape.Rank switch
    {
        4 => new Extent(shape[0], shape[1], shape[2], shape[3]),
        3 => new Extent(shape[0], shape[1], 1, shape[2]),
        2 => new Extent(shape[0], shape[1], 1, 1),
        _ => throw new ArgumentException($"A value of shape {shape} is no feature map.", nameof(shape)),
    };

    /// <summary>Matrices: leading axes become columns of one row, the last axis the channels.</summary>
    public static Extent OfMatrix(Shape shape)
    {
        int depth = shape[-1];
        return new Extent(1, depth, 1, depth == 0 ? 0 : checked((int)(shape.Count / depth)));
    }

    /// <summary>Anything: one channel of one row.</summary>
    public static Extent Flat(Shape shape) => new(1, 1, 1, checked((int)shape.Count));
}
