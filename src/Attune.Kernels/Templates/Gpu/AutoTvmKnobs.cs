using System.Collections.Immutable;
using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// The knobs of AutoTVM's templates for GPUs, in its order and with its entities, so that an index means the same point here and there (tuning.md 1.2 and 1.3;
/// Zheng et al., "Learning to Optimize Tensor Programs", 2018). Logs before TVM 0.7 call the split of the kernel's rows "tile_rx" and that of its columns
/// "tile_ry"; it is the order that counts.
/// </summary>
public static class AutoTvmKnobs
{
    /// <summary>Longest body that is unrolled.</summary>
    public const string UnrollStep = "auto_unroll_max_step";

    /// <summary>Unrolled by the template (1) or by the compiler (0).</summary>
    public const string UnrollExplicit = "unroll_explicit";

    /// <summary>Rows and columns share an axis of a group, or images and channels do; of transposed convolutions.</summary>
    internal const string JoinPlaces = "fuse_yx";

    private const int WinogradTile = 4;
    private const int SmallWinogradTile = 2;

    /// <summary>Direct convolution on CUDA, "conv2d_nchw.cuda".</summary>
    public static ImmutableArray<Knob> CudaDirect(ConvolutionWorkload w) =>
    [
        Knob.Split("tile_f", w.OutChannels, 4),
        Knob.Split("tile_y", w.OutHeight, 4),
        Knob.Split("tile_x", w.OutWidth, 4),
        Knob.Split("tile_rc", w.InChannels, 2),
        Knob.Split("tile_ry", w.KernelHeight, 2),
        Knob.Split("tile_rx", w.KernelWidth, 2),
        .. Unrolling(0, 512, 1500),
    ];

    /// <summary>Depthwise convolution on CUDA, "depthwise_conv2d_nchw.cuda".</summary>
    public static ImmutableArray<Knob> CudaDepthwise(ConvolutionWorkload w) =>
    [
        Knob.Split("tile_f", w.OutChannels, 4),
        Knob.Split("tile_y", w.OutHeight, 4),
        Knob.Split("tile_x", w.OutWidth, 4),
        .. Unrolling(0, 256, 1500),
    ];

    /// <summary>Winograd convolution on CUDA, "conv2d_nchw_winograd.cuda": the product of its transformed operands.</summary>
    /// <exception cref="OverflowException">There are more points or image tiles than fit in 31 bits.</exception>
    public static ImmutableArray<Knob> CudaWinograd(ConvolutionWorkload w) => CudaWinograd(w, WinogradTileOf(w));

    /// <summary>Output rows and columns of the image tile that AutoTVM takes.</summary>
    internal static int WinogradTileOf(ConvolutionWorkload w) => w.Height % 8 == 0 ? WinogradTile : SmallWinogradTile;

    /// <summary>What Winograd's product has that the convolution has not: points of an image tile, and tiles of all images.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="tile">Output rows and columns of an image tile.</param>
    /// <exception cref="OverflowException">There are more tiles than fit in 63 bits.</exception>
    internal static (long Points, long Tiles) WinogradExtents(ConvolutionWorkload w, int tile)
    {
        long side = (long)tile + w.KernelHeight - 1;
        return (side * side, checked(w.Batch * Tiles(w.OutHeight, tile) * Tiles(w.OutWidth, tile)));
    }

    /// <summary>The knobs of <see cref="CudaWinograd(ConvolutionWorkload)"/> for image tiles of a given size.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="tile">Output rows and columns of an image tile.</param>
    /// <exception cref="OverflowException">There are more points or tiles than fit in 31 bits.</exception>
    internal static ImmutableArray<Knob> CudaWinograd(ConvolutionWorkload w, int tile)
    {
        (long points, long tiles) = WinogradExtents(w, tile);
        return
        [
            Knob.Split("tile_b", checked((int)points), 4, entity => entity[1] == 1 && entity[2] == 1 && entity[3] == 1),
            Knob.Split("tile_y", w.OutChannels, 4),
            Knob.Split("tile_x", checked((int)tiles), 4),
            Knob.Split("tile_rc", w.InChannels, 2),
            .. Unrolling(0, 128, 1500),
        ];
    }

    /// <summary>Transposed convolution on CUDA, "conv2d_transpose_nchw.cuda".</summary>
    /// <param name="batch">Images.</param>
    /// <param name="inChannels">Input channels.</param>
    /// <param name="outChannels">Output channels.</param>
    /// <param name="outHeight">Output rows.</param>
    /// <param name="outWidth">Output columns.</param>
    public static ImmutableArray<Knob> CudaTransposed(int batch, int inChannels, int outChannels, int outHeight, int outWidth) =>
    [
        Knob.Split("tile_n", batch, 4),
        Knob.Split("tile_f", outChannels, 4),
        Knob.Split("tile_y", outHeight, 4),
        Knob.Split("tile_x", outWidth, 4),
        Knob.Split("tile_rc", inChannels, 3),
        .. Unrolling(64, 512, 1500),
        Knob.Scale(JoinPlaces, 0, 1),
    ];

    /// <summary>Matrix product of few rows on CUDA, "dense_small_batch.cuda".</summary>
    /// <param name="depth">Inputs of every row.</param>
    public static ImmutableArray<Knob> CudaDenseSmall(int depth) => [Knob.Split("tile_k", depth, 2)];

    /// <summary>Matrix product of many rows on CUDA, "dense_large_batch.cuda".</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="outputs">Outputs of every row.</param>
    /// <param name="depth">Inputs of every row.</param>
    public static ImmutableArray<Knob> CudaDenseLarge(int rows, int outputs, int depth) =>
        [Knob.Split("tile_x", rows, 4), Knob.Split("tile_y", outputs, 4), Knob.Split("tile_k", depth, 3)];

    /// <summary>Products of several pairs of matrices on CUDA, "batch_matmul.cuda".</summary>
    /// <param name="rows">Rows of the left matrix.</param>
    /// <param name="outputs">Columns of the result.</param>
    /// <param name="depth">What is summed over.</param>
    public static ImmutableArray<Knob> CudaBatchedProduct(int rows, int outputs, int depth) =>
        [Knob.Split("tile_y", rows, 3), Knob.Split("tile_x", outputs, 3), Knob.Split("tile_k", depth, 2), .. Unrolling(8, 16, 32, 64)];

    /// <summary>Direct convolution on Mali, "conv2d_nchw_spatial_pack.mali".</summary>
    public static ImmutableArray<Knob> MaliDirect(ConvolutionWorkload w) =>
    [
        Knob.Split("tile_co", w.OutChannels, 3),
        Knob.Split("tile_oh", w.OutHeight, 3),
        Knob.Split("tile_ow", w.OutWidth, 3),
        Knob.Reorder("reorder_0", [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 1, 2, 3, 4, 5, 6, 9, 7, 8]]),
        Knob.Annotate("ann_reduce", ["none", "unroll"], ["none", "unroll"]),
        Knob.Annotate("ann_spatial", ["none", "unroll", "vec"], ["none", "unroll", "vec"], ["none", "unroll", "vec"]),
    ];

    /// <summary>Depthwise convolution on Mali, "depthwise_conv2d_nchw.mali".</summary>
    public static ImmutableArray<Knob> MaliDepthwise(ConvolutionWorkload w) =>
    [
        Knob.Split("tile_c", w.OutChannels, 3),
        Knob.Split("tile_y", w.OutHeight, 3),
        Knob.Split("tile_x", w.OutWidth, 3),
        Knob.Annotate("ann_spatial", ["none", "unroll", "vec"], ["none", "unroll", "vec"], ["none", "unroll", "vec"]),
    ];

    /// <summary>Winograd convolution on Mali, "conv2d_nchw_winograd.mali".</summary>
    public static ImmutableArray<Knob> MaliWinograd(ConvolutionWorkload w) =>
    [
        Knob.Scale("tile_bna", [.. new[] { 1, 2, 4, 8, 16 }.Where(size => w.OutChannels % size == 0)]),
        Knob.Scale("tile_bnb", 1, 2, 4, 8, 16),
        Knob.Split("tile_t1", w.InChannels, 2, new SplitRule { MaxFactor = 128 }),
        Knob.Split("tile_t2", w.OutChannels, 2, new SplitRule { MaxFactor = 128 }),
        Knob.Split("c_unroll", w.InChannels, 2, new SplitRule { MaxFactor = 8 }),
        Knob.Scale("yt", 1, 2, 4, 8, 16, 32),
    ];

    /// <summary>Matrix product on Mali, "dense.mali".</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="outputs">Outputs of every row.</param>
    /// <param name="depth">Inputs of every row.</param>
    public static ImmutableArray<Knob> MaliDense(int rows, int outputs, int depth) =>
    [
        Knob.Split("tile_y", rows, 3),
        Knob.Split("tile_x", outputs, 3),
        Knob.Split("c_unroll", depth, 2, new SplitRule { MaxFactor = 64 }),
    ];

    /// <summary>How bodies are unrolled.</summary>
    /// <param name="steps">Longest bodies.</param>
    internal static ImmutableArray<Knob> Unrolling(params ReadOnlySpan<int> steps) => [Knob.Scale(UnrollStep, steps), Knob.Scale(UnrollExplicit, 0, 1)];

    private static long Tiles(int extent, int tile) => ((long)extent + tile - 1) / tile;
}
