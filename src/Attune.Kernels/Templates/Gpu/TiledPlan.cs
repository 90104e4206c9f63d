using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>The numbers that follow from a workload and a configuration of the tiled template; shared by its validity test, features and code.</summary>
internal sealed record TiledPlan
{
    // More sums than this, with the operands next to them, and registers go to memory on every device known.
    public const int MaxSums = 200;

    /// <summary>The plan of a point.</summary>
    public TiledPlan(ConvolutionWorkload w, Configuration point)
        : this(
            w,
            (point.Tuple("tile_f"), point.Tuple("tile_y"), point.Tuple("tile_x")),
            w.IsDepthwise ? [1, 1] : point.Tuple("tile_rc"),
            w.IsDepthwise ? [1, w.KernelHeight] : point.Tuple("tile_ry"),
            w.IsDepthwise ? [1, w.KernelWidth] : point.Tuple("tile_rx"))
    {
        Unroll = point.Value(AutoTvmKnobs.UnrollStep);
        IsExplicit = point.IsOn(AutoTvmKnobs.UnrollExplicit);
    }

    /// <summary>A plan that writes nothing out.</summary>
    public TiledPlan(
        ConvolutionWorkload w,
        (ImmutableArray<int> F, ImmutableArray<int> Y, ImmutableArray<int> X) tiles,
        ImmutableArray<int> depth,
        ImmutableArray<int> kernelRows,
        ImmutableArray<int> kernelColumns)
    {
        (F, Y, X) = tiles;
        (Depth, KernelRows, KernelColumns) = (depth, kernelRows, kernelColumns);
        InputRows = (((Tile(Y) - 1) * w.StrideHeight) + ((KernelRows[1] - 1) * w.DilationHeight)) + 1;
        InputColumns = (((Tile(X) - 1) * w.StrideWidth) + ((KernelColumns[1] - 1) * w.DilationWidth)) + 1;
        long planes = w.IsDepthwise ? Tile(F) : Depth[1];
        SharedInput = planes * InputRows * InputColumns;
        SharedWeights = (long)Tile(F) * Depth[1] * KernelRows[1] * KernelColumns[1];
        Lanes = (long)F[2] * Y[2] * X[2];
        Sums = (long)F[1] * F[3] * Y[1] * Y[3] * X[1] * X[3];
        Groups = (long)w.Batch * F[0] * Y[0] * X[0];
        Steps = Depth[0] * KernelRows[0] * KernelColumns[0];
    }

    /// <summary>Output channels: groups, virtual lanes, lanes, channels of a lane.</summary>
    public ImmutableArray<int> F { get; }

    /// <summary>Output rows, likewise.</summary>
    public ImmutableArray<int> Y { get; }

    /// <summary>Output columns, likewise.</summary>
    public ImmutableArray<int> X { get; }

    /// <summary>Input channels: steps, and channels of a step.</summary>
    public ImmutableArray<int> Depth { get; }

    /// <summary>Kernel rows, likewise.</summary>
    public ImmutableArray<int> KernelRows { get; }

    /// <summary>Kernel columns, likewise.</summary>
    public ImmutableArray<int> KernelColumns { get; }

    /// <summary>Longest body that is written out, multiply-adds.</summary>
    public int Unroll { get; private init; }

    /// <summary>Written out here and not by the compiler.</summary>
    public bool IsExplicit { get; private init; }

    /// <summary>Rows of input that a group holds at a time.</summary>
    public int InputRows { get; }

    /// <summary>Columns of input that a group holds at a time.</summary>
    public int InputColumns { get; }

    /// <summary>Floats of input that a group holds at a time.</summary>
    public long SharedInput { get; }

    /// <summary>Weights that a group holds at a time.</summary>
    public long SharedWeights { get; }

    /// <summary>Memory of a group, bytes.</summary>
    public long SharedBytes => sizeof(float) * (SharedInput + SharedWeights);

    /// <summary>Lanes of a group.</summary>
    public long Lanes { get; }

    /// <summary>Sums of a lane.</summary>
    public long Sums { get; }

    /// <summary>Groups.</summary>
    public long Groups { get; }

    /// <summary>Times that a group fills its memory.</summary>
    public int Steps { get; }

    /// <summary>Outputs of a group along an axis.</summary>
    public static int Tile(ImmutableArray<int> split) => split[1] * split[2] * split[3];

    /// <summary>True when a device can launch it.</summary>
    public bool Fits(GroupLimits limits) =>
        Lanes <= limits.MaxLanes && F[2] <= limits.MaxLanesZ && Y[2] <= limits.MaxLanesY && X[2] <= limits.MaxLanesX
        && Sums <= MaxSums && SharedBytes <= limits.LocalBytes;

    /// <summary>What decides its speed.</summary>
    public GpuFeatures Features => new()
    {
        Lanes = Lanes,
        Groups = Groups,
        Sums = Sums,
        LoadsPerProduct = (((double)F[1] * F[3]) + ((double)Y[1] * Y[3] * X[1] * X[3])) / Sums,
        SharedBytes = SharedBytes,
        GlobalBytes = (double)Groups * Steps * SharedBytes,
        Body = Math.Max(1, Math.Min(Math.Max(Unroll, Sums), Sums * Depth[1] * KernelRows[1] * KernelColumns[1])),
    };
}
