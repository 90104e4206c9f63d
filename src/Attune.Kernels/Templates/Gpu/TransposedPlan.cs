using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>The numbers that follow from a workload and a configuration of the template for transposed convolutions.</summary>
internal sealed record TransposedPlan
{
    /// <summary>The plan of a point.</summary>
    public TransposedPlan(TransposedWorkload w, Configuration point)
        : this(w, (point.Tuple("tile_n"), point.Tuple("tile_f"), point.Tuple("tile_y"), point.Tuple("tile_x")), point.Tuple("tile_rc"))
    {
        Unroll = point.Value(AutoTvmKnobs.UnrollStep);
        IsExplicit = point.IsOn(AutoTvmKnobs.UnrollExplicit);
        JoinsPlaces = point.IsOn(AutoTvmKnobs.JoinPlaces);
    }

    /// <summary>A plan that writes nothing out.</summary>
    public TransposedPlan(
        TransposedWorkload w,
        (ImmutableArray<int> N, ImmutableArray<int> F, ImmutableArray<int> Y, ImmutableArray<int> X) tiles,
        ImmutableArray<int> depth)
    {
        (N, F, Depth) = (tiles.N, tiles.F, depth);
        Rows = new TransposedAxis(tiles.Y, w.StrideHeight, w.KernelHeight, w.Padding.Top);
        Columns = new TransposedAxis(tiles.X, w.StrideWidth, w.KernelWidth, w.Padding.Left);
        Taps = Rows.Meetings * Rows.Stride * Columns.Meetings * Columns.Stride;
        SharedInput = (long)TiledPlan.Tile(N) * Depth[1] * Depth[2] * Rows.Inputs * Columns.Inputs;
        SharedWeights = (long)TiledPlan.Tile(F) * Depth[2] * Taps;
        Lanes = (long)N[2] * F[2] * tiles.Y[2] * tiles.X[2];
        Sums = (long)Images * Filters * tiles.Y[1] * tiles.Y[3] * tiles.X[1] * tiles.X[3];
        Groups = (long)N[0] * F[0] * tiles.Y[0] * tiles.X[0];
    }

    /// <summary>Images: groups, virtual lanes, lanes, images of a lane.</summary>
    public ImmutableArray<int> N { get; }

    /// <summary>Output channels, likewise.</summary>
    public ImmutableArray<int> F { get; }

    /// <summary>Output rows.</summary>
    public TransposedAxis Rows { get; }

    /// <summary>Output columns.</summary>
    public TransposedAxis Columns { get; }

    /// <summary>Input channels: steps, pieces of a step, channels of a piece. A group holds the input of a step and the weights of a piece.</summary>
    public ImmutableArray<int> Depth { get; }

    /// <summary>Longest body that is written out, multiply-adds.</summary>
    public int Unroll { get; private init; }

    /// <summary>Written out here and not by the compiler.</summary>
    public bool IsExplicit { get; private init; }

    /// <summary>Lanes of rows and columns share an axis of the group, and those of images and channels have one each; else the other way round.</summary>
    public bool JoinsPlaces { get; private init; }

    /// <summary>Images of a lane.</summary>
    public int Images => N[1] * N[3];

    /// <summary>Output channels of a lane.</summary>
    public int Filters => F[1] * F[3];

    /// <summary>Weights of a pair of channels, whole strides.</summary>
    public int Taps { get; }

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

    /// <summary>Multiply-adds of all lanes together.</summary>
    public long Products => Lanes * Groups * Images * Filters * Rows.Products * Columns.Products * Depth[0] * Depth[1] * Depth[2];

    /// <summary>What decides its speed.</summary>
    public GpuFeatures Features
    {
        get
        {
            long meetings = (long)Rows.Meetings * Columns.Meetings;
            double pixels = (double)Images * Count(Rows, Rows.InputOf) * Count(Columns, Columns.InputOf);
            double factors = (double)Filters * Count(Rows, Rows.PhaseOf) * Count(Columns, Columns.PhaseOf);
            return new GpuFeatures
            {
                Lanes = Lanes,
                Groups = Groups,
                Sums = Sums,
                LoadsPerProduct = meetings * (pixels + factors) / ((double)Images * Filters * Rows.Products * Columns.Products),
                SharedBytes = SharedBytes,
                GlobalBytes = (double)sizeof(float) * Groups * Depth[0] * (SharedInput + (Depth[1] * SharedWeights)),
                Body = Math.Max(1, Math.Min(Math.Max(Unroll, Sums), Sums * Depth[2] * meetings)),
            };
        }
    }

    /// <summary>True when a device can launch it.</summary>
    public bool Fits(GroupLimits limits)
    {
        (long y, long x) = (Rows.Split[2], Columns.Split[2]);
        (long laneX, long laneY, long laneZ) = JoinsPlaces ? (y * x, F[2], N[2]) : (x, y, (long)N[2] * F[2]);
        return Lanes <= limits.MaxLanes && laneX <= limits.MaxLanesX && laneY <= limits.MaxLanesY && laneZ <= limits.MaxLanesZ
            && Sums <= TiledPlan.MaxSums && SharedBytes <= limits.LocalBytes;
    }

    private static int Count(TransposedAxis axis, Func<int, int> numberOf) => axis.Outputs.Select(numberOf).Distinct().Count();
}
