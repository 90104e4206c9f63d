using System.Numerics;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Gpu.Staged;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// The numbers that follow from image tiles and the shape of a group of the fused Winograd template; shared by validity test, features, cost, code.
/// </summary>
/// <param name="Grid">The image tiles.</param>
/// <param name="Channels">Output channels of a group.</param>
/// <param name="Tiles">Image tiles of a group.</param>
/// <param name="Depth">Input channels of a step.</param>
internal sealed record FusedTransformPlan(TileGrid Grid, LaneSplit Channels, LaneSplit Tiles, int Depth)
{
    // Multiply-adds that take as long as the transform of one point.
    private const double TransformProducts = 4;
    private const double WaitProducts = 16;

    /// <summary>Input channels of a step.</summary>
    public static int[] Depths { get; } = [1, 2, 4, 8];

    /// <summary>Lanes of a group.</summary>
    public int Lanes => Channels.Lanes * Tiles.Lanes;

    /// <summary>Sums of a lane: every point of its channels and tiles.</summary>
    public int Sums => Grid.Points * Channels.Each * Tiles.Each;

    /// <summary>Steps.</summary>
    public int Steps => (Grid.Workload.InChannels + Depth - 1) / Depth;

    /// <summary>Groups along the output channels.</summary>
    public int ChannelGroups => (Grid.Workload.OutChannels + Channels.Tile - 1) / Channels.Tile;

    /// <summary>Groups along the image tiles.</summary>
    public int TileGroups => (Grid.Count + Tiles.Tile - 1) / Tiles.Tile;

    /// <summary>Transformed weights that a group holds, floats.</summary>
    public int WeightFloats => Grid.Points * Depth * Channels.Tile;

    /// <summary>Transformed input that a group holds, floats.</summary>
    public int InputFloats => Grid.Points * Depth * Tiles.Tile;

    /// <summary>Multiply-adds that are executed, those past the edges included.</summary>
    public double Products => Groups * Channels.Tile * Tiles.Tile * Grid.Points * Steps * Depth;

    /// <summary>What decides its speed.</summary>
    public GpuFeatures Features => new()
    {
        Lanes = Lanes,
        Groups = (long)Groups,
        Sums = Sums,
        LoadsPerProduct = (double)(Channels.Each + Tiles.Each) / (Channels.Each * Tiles.Each),
        SharedBytes = sizeof(float) * ((long)WeightFloats + InputFloats),
        GlobalBytes = sizeof(float) * Groups * Steps * (WeightFloats + InputFloats),
        Body = Sums,
    };

    private double Groups => (double)ChannelGroups * TileGroups;

    /// <summary>The plan of a point.</summary>
    public static FusedTransformPlan Of(TileGrid grid, Configuration point) => new(
        grid,
        new LaneSplit(1, point.Value(GemmKnobs.RowLanes), point.Value(GemmKnobs.Rows)),
        new LaneSplit(point.Value(GemmKnobs.Columns), point.Value(GemmKnobs.ColumnLanes), 1),
        point.Value(FusedTransformTemplate.Depth));

    /// <summary>A rough cost, comparable among configurations of one workload; every group along the output channels transforms the input again.</summary>
    /// <param name="width">Lanes that run in step.</param>
    public double Cost(int width) =>
        Features.Cost(Products + (Groups * Steps * ((InputFloats * TransformProducts) + (Lanes * WaitProducts))), width);

    /// <summary>True when a device can launch it and no group has more than twice the channels or tiles that there are.</summary>
    /// <param name="limits">Limits of the device.</param>
    public bool Fits(GroupLimits limits) =>
        Lanes <= limits.MaxLanes && Tiles.Lanes <= limits.MaxLanesX && Channels.Lanes <= limits.MaxLanesY
        && Sums + Grid.Points <= TiledPlan.MaxSums && sizeof(float) * ((long)WeightFloats + InputFloats) <= limits.LocalBytes
        && Channels.Tile <= Covering(Grid.Workload.OutChannels) && Tiles.Tile <= Covering(Grid.Count) && Depth <= Covering(Grid.Workload.InChannels);

    private static int Covering(int extent) => (int)BitOperations.RoundUpToPowerOf2((uint)extent);
}
