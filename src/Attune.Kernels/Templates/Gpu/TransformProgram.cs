using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Gpu.Staged;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// Winograd convolution as three kernels: transform the input, one lane per channel and image tile; multiply, a matrix product for every point; transform back
/// and finish. Transformed weights lie [tile of output channels][point][input channel][channel of the tile], a tile being the channels of a group.
/// </summary>
internal sealed class TransformProgram
{
    // As AutoTVM has it.
    private const int MaxLanes = 128;
    private static readonly ImmutableArray<Buffer> Buffers = [X, W, Bias, Residual, Y, Shared];
    private readonly ConvolutionWorkload w;
    private readonly TransformPlan plan;
    private readonly TileTransforms transforms;
    private readonly int lanes;
    private readonly LoopVariable tile = new("p");
    private readonly LoopVariable channel = new("c");

    private TransformProgram(TransformPlan plan, KernelSignature binding, GroupLimits limits)
    {
        (w, this.plan) = (plan.Grid.Workload, plan);
        transforms = new TileTransforms(plan.Grid, binding);
        lanes = (int)Math.Min(MaxLanes, Math.Min(limits.MaxLanes, limits.MaxLanesX));
    }

    /// <summary>The kernels of a plan.</summary>
    public static KernelSource Build(TransformPlan plan, KernelSignature binding, GroupLimits limits)
    {
        var program = new TransformProgram(plan, binding, limits);
        return new KernelSource(
            [(program.InputPhase(), 1), (program.ProductPhase(), 1), (program.OutputPhase(), 1)], plan.InputFloats + plan.ProductFloats, 0);
    }

    private LoopProgram InputPhase()
    {
        long count = (long)w.InChannels * plan.Grid.Count;
        return ElementGrid.Program($"winograd{plan.Grid.Outputs}-input", Buffers, count, lanes, at =>
        [
            .. Decoded(at, out var place),
            .. transforms.Input(place, channel, (point, value) => new Store(Shared, at + (point * count), value)),
        ]);
    }

    private LoopProgram ProductPhase()
    {
        var (point, by, bx) = (new LoopVariable("bz"), new LoopVariable("by"), new LoopVariable("bx"));
        StagedShape shape = plan.Shape;
        int width = shape.Rows.Tile;
        long pointWeights = (long)w.InChannels * width;
        var rows = new StagedAxis(shape.Rows, (Index)by * width, w.OutChannels);
        var columns = new StagedAxis(shape.Columns, (Index)bx * shape.Columns.Tile, plan.Grid.Count);
        Index first = ((Index)by * ((plan.Grid.Points * pointWeights) - width)) + ((Index)point * pointWeights);
        var weights = new StagedOperand(W, place => first + place, depth => depth * width);
        var inputs = new StagedOperand(Shared, place => place, depth => ((Index)point * ((long)w.InChannels * plan.Grid.Count)) + (depth * plan.Grid.Count));
        var product = new StagedProduct(shape, (rows, weights), (columns, inputs), w.InChannels);
        Statement each = product.Lanes(column => ([], (sums, at, row) =>
            [new Store(Shared, ProductAt(point) + (row * plan.Grid.Count) + column, new Read(sums, at))]));
        Statement grid = Bound(point, plan.Grid.Points, 2, Bound(by, plan.ChannelGroups, 1, Bound(bx, plan.TileGroups, 0, each)));
        return new LoopProgram($"winograd{plan.Grid.Outputs}-products", 1, Buffers, new LoopVariable("begin"), new LoopVariable("end"), [grid])
        {
            GroupMemory = product.GroupMemory,
        };
    }

    private LoopProgram OutputPhase() =>
        ElementGrid.Program($"winograd{plan.Grid.Outputs}-output", Buffers, (long)w.OutChannels * plan.Grid.Count, lanes, at =>
        [
            .. Decoded(at, out var place),
            .. transforms.Output(place, channel, point => new Load(Shared, ProductAt(point) + at)),
        ]);

    private Index ProductAt(Index point) => plan.InputFloats + (point * ((long)w.OutChannels * plan.Grid.Count));

    private ImmutableArray<Statement> Decoded(Index at, out (Index Image, Index Row, Index Column) place) =>
    [
        new Let(tile, IndexOperation.Remainder, at, plan.Grid.Count),
        new Let(channel, IndexOperation.Divide, at, plan.Grid.Count),
        .. transforms.Decoded(tile, out place),
    ];

    private static Loop Bound(LoopVariable variable, int extent, int axis, Statement body) => new(variable, 0, extent, 1, LoopKind.Group, [body], axis);
}
