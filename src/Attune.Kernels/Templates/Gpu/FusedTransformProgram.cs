using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates.Gpu.Staged;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// Winograd convolution in one kernel: the lanes of a group transform image tiles into the group's memory, a few channels at a time, fetch transformed weights
/// beside them, and sum every point of a few output channels and tiles in registers, where they are transformed back. Weights lie as for three kernels, with
/// zeros in what is missing of the last tile of channels.
/// </summary>
internal sealed class FusedTransformProgram
{
    private readonly ConvolutionWorkload w;
    private readonly FusedTransformPlan plan;
    private readonly TileTransforms transforms;
    private readonly StagedAxis channels;
    private readonly StagedAxis tiles;
    private readonly Buffer weights;
    private readonly Buffer inputs;
    private readonly RegisterTile sums;
    private readonly RegisterTile a;
    private readonly RegisterTile b;
    private readonly LoopVariable by = new("by");
    private readonly LoopVariable bx = new("bx");
    private readonly LoopVariable y = new("ty");
    private readonly LoopVariable x = new("tx");
    private readonly LoopVariable step = new("step");

    private FusedTransformProgram(FusedTransformPlan plan, KernelSignature binding)
    {
        (w, this.plan) = (plan.Grid.Workload, plan);
        transforms = new TileTransforms(plan.Grid, binding);
        channels = new StagedAxis(plan.Channels, (Index)by * plan.Channels.Tile, w.OutChannels);
        tiles = new StagedAxis(plan.Tiles, (Index)bx * plan.Tiles.Tile, plan.Grid.Count);
        weights = new Buffer("us", -1) { Scope = MemoryScope.Group, Extent = plan.WeightFloats };
        inputs = new Buffer("vs", -1) { Scope = MemoryScope.Group, Extent = plan.InputFloats };
        sums = new RegisterTile("acc", plan.Grid.Points, plan.Channels.Each, plan.Tiles.Each);
        a = new RegisterTile("a", plan.Channels.Each);
        b = new RegisterTile("b", plan.Tiles.Each);
    }

    /// <summary>The program of a plan.</summary>
    public static LoopProgram Build(FusedTransformPlan plan, KernelSignature binding) => new FusedTransformProgram(plan, binding).Program();

    private LoopProgram Program()
    {
        ImmutableArray<Statement> steps = [new GroupBarrier(), .. BringWeights(), .. BringInputs(), new GroupBarrier(), .. Products()];
        ImmutableArray<Statement> body =
        [
            .. ForSums((point, r, c) => new Assign(sums, [point, r, c], new Constant(0))),
            new Loop(step, 0, plan.Steps, 1, LoopKind.Serial, steps),
            .. Ends(),
        ];
        var lanes = new Loop(y, 0, plan.Channels.Lanes, 1, LoopKind.Lane, [new Loop(x, 0, plan.Tiles.Lanes, 1, LoopKind.Lane, body)], 1);
        var across = new Loop(bx, 0, plan.TileGroups, 1, LoopKind.Group, [lanes]);
        var grid = new Loop(by, 0, plan.ChannelGroups, 1, LoopKind.Group, [across], 1);
        return new LoopProgram(w.Key, 1, [X, W, Bias, Residual, Y], new LoopVariable("begin"), new LoopVariable("end"), [grid])
        {
            GroupMemory = [weights, inputs],
        };
    }

    private ImmutableArray<Statement> BringWeights()
    {
        int width = plan.Channels.Tile;
        var (line, at, point, deep) = (new LoopVariable("line"), new LoopVariable("f"), new LoopVariable("point"), new LoopVariable("c"));
        return Each(plan.WeightFloats, number =>
        {
            Index channel = ((Index)step * plan.Depth) + deep;
            Index from = ((Index)by * ((long)plan.Grid.Points * w.InChannels * width)) + ((Index)point * ((long)w.InChannels * width)) + (channel * width) + at;
            return
            [
                new Let(line, IndexOperation.Divide, number, width),
                new Let(at, IndexOperation.Remainder, number, width),
                new Let(point, IndexOperation.Divide, line, plan.Depth),
                new Let(deep, IndexOperation.Remainder, line, plan.Depth),
                .. Inside(channel, [new Store(weights, number, new Load(W, from))], [new Store(weights, number, new Constant(0))]),
            ];
        });
    }

    private ImmutableArray<Statement> BringInputs()
    {
        var (at, deep) = (new LoopVariable("p"), new LoopVariable("c"));
        int width = plan.Tiles.Tile;
        return Each(plan.Depth * width, number =>
        {
            Index channel = ((Index)step * plan.Depth) + deep;
            Store Keep(int point, Value value) => new(inputs, number + ((long)point * plan.Depth * width), value);
            AddressPart tile = tiles.Readable(at);
            return
            [
                new Let(deep, IndexOperation.Divide, number, width),
                new Let(at, IndexOperation.Remainder, number, width),
                .. tile.Bindings,
                .. transforms.Decoded(tile.Offset, out var place),
                .. Inside(
                    channel,
                    transforms.Input(place, channel, Keep),
                    [.. Enumerable.Range(0, plan.Grid.Points).Select(point => Keep(point, new Constant(0)))]),
            ];
        });
    }

    private ImmutableArray<Statement> Products()
    {
        var deep = new LoopVariable("k");
        var body = ImmutableArray.CreateBuilder<Statement>();
        for (int point = 0; point < plan.Grid.Points; point++)
        {
            Index line = (Index)deep + ((long)point * plan.Depth);
            body.AddRange(Enumerable.Range(0, plan.Channels.Each).Select(r =>
                new Assign(a, [r], new Load(weights, (line * plan.Channels.Tile) + plan.Channels.Place(y, r)))));
            body.AddRange(Enumerable.Range(0, plan.Tiles.Each).Select(c =>
                new Assign(b, [c], new Load(inputs, (line * plan.Tiles.Tile) + plan.Tiles.Place(x, c)))));
            for (int r = 0; r < plan.Channels.Each; r++)
            {
                for (int c = 0; c < plan.Tiles.Each; c++)
                {
                    ImmutableArray<Index> at = [point, r, c];
                    body.Add(new Assign(sums, at, new MultiplyAdd(new Read(a, [r]), new Read(b, [c]), new Read(sums, at))));
                }
            }
        }

        return [new Loop(deep, 0, plan.Depth, 1, LoopKind.Serial, body.ToImmutable())];
    }

    private ImmutableArray<Statement> Ends()
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        for (int c = 0; c < plan.Tiles.Each; c++)
        {
            Index tile = plan.Tiles.Place(x, c);
            var whole = transforms.Decoded(tiles.Origin + tile, out var place).ToBuilder();
            for (int r = 0; r < plan.Channels.Each; r++)
            {
                (int row, int column) = (r, c);
                Index channel = plan.Channels.Place(y, r);
                whole.AddRange(channels.Inside(
                    channel, transforms.Output(place, channels.Origin + channel, point => new Read(sums, [point, row, column]))));
            }

            body.AddRange(tiles.Inside(tile, whole.ToImmutable()));
        }

        return body.ToImmutable();
    }

    // Past the last input channel there are zeros.
    private ImmutableArray<Statement> Inside(Index channel, ImmutableArray<Statement> body, ImmutableArray<Statement> otherwise) =>
        w.InChannels % plan.Depth == 0 ? body : [new When(channel, Comparison.Less, w.InChannels, body, otherwise)];

    /// <summary>All lanes together do something for every number.</summary>
    private ImmutableArray<Statement> Each(int count, Func<Index, ImmutableArray<Statement>> one)
    {
        var round = new LoopVariable("i");
        Index number = ((Index)round * plan.Lanes) + ((Index)y * plan.Tiles.Lanes) + x;
        ImmutableArray<Statement> body = one(number);
        body = count % plan.Lanes == 0 ? body : [new When(number, Comparison.Less, count, body, [])];
        return [new Loop(round, 0, (count + plan.Lanes - 1) / plan.Lanes, 1, LoopKind.Serial, body)];
    }

    private ImmutableArray<Statement> ForSums(Func<int, int, int, Statement> make) =>
    [
        .. from point in Enumerable.Range(0, plan.Grid.Points)
           from r in Enumerable.Range(0, plan.Channels.Each)
           from c in Enumerable.Range(0, plan.Tiles.Each)
           select make(point, r, c),
    ];
}
