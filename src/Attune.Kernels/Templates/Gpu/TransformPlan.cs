using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Gpu.Staged;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// The numbers that follow from a workload, the outputs of an image tile and a configuration of the Winograd template for GPUs; shared by validity test,
/// features, cost and code.
/// </summary>
internal sealed record TransformPlan
{
    /// <summary>The plan of splits.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="outputs">Output rows and columns of an image tile.</param>
    /// <param name="channels">Output channels: groups, virtual lanes, lanes, channels of a lane.</param>
    /// <param name="tiles">Image tiles, likewise.</param>
    /// <param name="depth">Input channels: steps, and channels of a step.</param>
    public TransformPlan(ConvolutionWorkload w, int outputs, ImmutableArray<int> channels, ImmutableArray<int> tiles, ImmutableArray<int> depth)
    {
        Grid = new TileGrid(w, outputs);
        ChannelGroups = channels[0];
        TileGroups = tiles[0];
        Steps = depth[0];
        Shape = new StagedShape(new LaneSplit(channels[1], channels[2], channels[3]), new LaneSplit(tiles[1], tiles[2], tiles[3]), depth[1]);
    }

    /// <summary>The image tiles.</summary>
    public TileGrid Grid { get; }

    /// <summary>Groups along the output channels.</summary>
    public int ChannelGroups { get; }

    /// <summary>Groups along the image tiles.</summary>
    public int TileGroups { get; }

    /// <summary>What the groups of the products and their lanes compute.</summary>
    public StagedShape Shape { get; init; }

    /// <summary>Transformed input, [point][channel][tile], floats.</summary>
    public long InputFloats => (long)Grid.Points * Grid.Workload.InChannels * Grid.Count;

    /// <summary>Products, [point][channel][tile], floats.</summary>
    public long ProductFloats => (long)Grid.Points * Grid.Workload.OutChannels * Grid.Count;

    /// <summary>Multiply-adds of the products.</summary>
    public double Products => (double)ProductFloats * Grid.Workload.InChannels;

    /// <summary>What decides its speed: the products, and the bytes of all three kernels.</summary>
    public GpuFeatures Features => new()
    {
        Lanes = Shape.Lanes,
        Groups = (long)Groups,
        Sums = Shape.Sums,
        LoadsPerProduct = Shape.LoadsPerProduct,
        SharedBytes = sizeof(float) * Shape.MemoryFloats,
        GlobalBytes = sizeof(float)
            * ((2.0 * (InputFloats + ProductFloats)) + (Groups * Steps * Shape.PieceFloats)),
        Body = Shape.Body,
    };

    private int Steps { get; }

    private double Groups => (double)Grid.Points * ChannelGroups * TileGroups;

    /// <summary>The plan of a point.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="outputs">Output rows and columns of an image tile.</param>
    /// <param name="point">A point of the space that <see cref="Knobs"/> makes.</param>
    public static TransformPlan Of(ConvolutionWorkload w, int outputs, Configuration point)
    {
        ImmutableArray<int> Part(int knob) => point.Tuple(point.Space.Knobs[knob].Name);
        var plan = new TransformPlan(w, outputs, Part(1), Part(2), Part(3));
        return plan with { Shape = plan.Shape with { Unroll = Part(4)[0], IsExplicit = Part(5)[0] != 0 } };
    }

    /// <summary>AutoTVM's knobs in its order, under names of their own: those of other templates split other extents.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="outputs">Output rows and columns of an image tile.</param>
    public static ImmutableArray<Knob> Knobs(ConvolutionWorkload w, int outputs) =>
        [.. AutoTvmKnobs.CudaWinograd(w, outputs).Select(knob => knob.Named($"winograd{outputs}_{knob.Name}"))];

    /// <summary>A rough cost, comparable among configurations of one workload.</summary>
    /// <param name="width">Lanes that run in step.</param>
    public double Cost(int width) => Features.Cost(Products + (Groups * Shape.Overhead(Steps)), width);

    /// <summary>True when a device can launch it.</summary>
    public bool Fits(GroupLimits limits) => Shape.Fits(limits);
}
