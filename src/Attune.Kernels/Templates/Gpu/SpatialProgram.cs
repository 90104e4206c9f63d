using System.Collections.Immutable;
using Attune.Kernels.Loops;
using static Attune.Kernels.Templates.Gpu.GroupLoops;
using static Attune.Kernels.Templates.KernelBuffers;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// A convolution whose lanes share nothing: each computes a block of output channels, rows and columns next to each other, and reads input and weights from
/// everybody's memory, for devices whose groups have no fast memory of their own. The halo of the input holds zeros, and tiles divide the output: there is no
/// border code.
/// </summary>
internal sealed class SpatialProgram
{
    private readonly ConvolutionWorkload w;
    private readonly SpatialPlan plan;
    private readonly KernelSignature binding;
    private readonly GpuOutput output;
    private readonly RegisterTile sums;
    private readonly RegisterTile pixels;
    private readonly RegisterTile factors;
    private readonly LoopVariable image = new("n");
    private readonly LoopVariable bc = new("bc");
    private readonly LoopVariable by = new("by");
    private readonly LoopVariable bx = new("bx");
    private readonly LoopVariable tc = new("tc");
    private readonly LoopVariable ty = new("ty");
    private readonly LoopVariable tx = new("tx");
    private readonly LoopVariable vc = new("vc");
    private readonly LoopVariable vh = new("vh");
    private readonly LoopVariable vw = new("vw");

    private SpatialProgram(ConvolutionWorkload w, SpatialPlan plan, KernelSignature binding)
    {
        (this.w, this.plan, this.binding) = (w, plan, binding);
        output = new GpuOutput(binding);
        (int channels, int rows, int columns) = (plan.Channels.Held, plan.Rows.Held, plan.Columns.Held);
        sums = new RegisterTile("acc", channels, rows, columns);
        pixels = new RegisterTile("a", w.IsDepthwise ? channels : 1, rows, columns);
        factors = new RegisterTile("b", channels);
    }

    /// <summary>Weights of how many output channels lie next to each other.</summary>
    private int Packed => w.IsDepthwise ? 1 : plan.Channels.Own;

    // Four outputs of a row at once, where the memory of outputs and of what is added to them allows it.
    private bool HasOutputFours => plan.Columns.IsVector && Four.Divides(plan.Columns.Own)
        && output.Views.All(view => view.Pixel == 1 && Four.Divides(view.Origin, view.Batch, view.Block, view.Row));

    public static LoopProgram Build(ConvolutionWorkload w, SpatialPlan plan, KernelSignature binding) => new SpatialProgram(w, plan, binding).Program();

    private LoopProgram Program()
    {
        var z = new LoopVariable("bz");
        ImmutableArray<Statement> held = [.. Zeros(), Reduction(), .. Stores()];
        ImmutableArray<Statement> lane = OneByOne(plan.Channels, vc, OneByOne(plan.Rows, vh, OneByOne(plan.Columns, vw, held)));
        Statement lanes = Bound(
            tc, plan.Channels.Lanes, LoopKind.Lane, 2,
            Bound(ty, plan.Rows.Lanes, LoopKind.Lane, 1, Bound(tx, plan.Columns.Lanes, LoopKind.Lane, 0, [.. lane])));
        ImmutableArray<Statement> group =
        [
            new Let(image, IndexOperation.Divide, z, plan.Channels.Split[0]),
            new Let(bc, IndexOperation.Remainder, z, plan.Channels.Split[0]),
            lanes,
        ];
        Statement grid = Bound(
            z, w.Batch * plan.Channels.Split[0], LoopKind.Group, 2,
            Bound(by, plan.Rows.Split[0], LoopKind.Group, 1, Bound(bx, plan.Columns.Split[0], LoopKind.Group, 0, [.. group])));
        return new LoopProgram(w.Key, 1, [X, W, Bias, Residual, Y], new LoopVariable("begin"), new LoopVariable("end"), [grid]);
    }

    private static ImmutableArray<Statement> OneByOne(SpatialAxis axis, LoopVariable own, ImmutableArray<Statement> body) =>
        axis.IsHeld ? body : [new Loop(own, 0, axis.Own, 1, LoopKind.Serial, body)];

    private IEnumerable<Statement> Zeros() =>
        from c in Range(plan.Channels)
        from y in Range(plan.Rows)
        from x in Range(plan.Columns)
        select new Assign(sums, [c, y, x], output.Initial(Channel(c)));

    private IEnumerable<Statement> Stores() =>
        from c in Range(plan.Channels)
        from y in Range(plan.Rows)
        from x in HasOutputFours ? Range(plan.Columns).Where(x => Four.Divides(x)) : Range(plan.Columns)
        from statement in HasOutputFours
            ? output.StoreFour(sums, [c, y, x], image, Channel(c), Row(y), Column(x))
            : output.Store(sums, [c, y, x], image, Channel(c), Row(y), Column(x))
        select statement;

    private Loop Reduction()
    {
        var (depth, ky, kx) = (new LoopVariable("rc"), new LoopVariable("ry"), new LoopVariable("rx"));
        static LoopKind KindOf(bool writesOut) => writesOut ? LoopKind.Unrolled : LoopKind.Serial;
        var columns = new Loop(kx, 0, w.KernelWidth, 1, KindOf(plan.WritesOut.Columns), Products(depth, ky, kx));
        var rows = new Loop(ky, 0, w.KernelHeight, 1, KindOf(plan.WritesOut.Rows), [columns]);
        return new Loop(depth, 0, w.GroupInChannels, 1, LoopKind.Serial, [rows]);
    }

    private ImmutableArray<Statement> Products(Index depth, Index ky, Index kx)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        for (int c = 0; c < pixels.Extents[0]; c++)
        {
            Index plane = w.IsDepthwise ? Channel(c) : depth;
            foreach ((int y, int x) in Places())
            {
                Index row = (Row(y) * w.StrideHeight) + (ky * w.DilationHeight) - w.Padding.Top;
                Index column = (Column(x) * w.StrideWidth) + (kx * w.DilationWidth) - w.Padding.Left;
                body.Add(new Assign(pixels, [c, y, x], new Load(KernelBuffers.X, GpuOutput.Place(binding.Input, image, plane, row, column))));
            }
        }

        body.AddRange(Factors(depth, (ky * w.KernelWidth) + kx));
        IEnumerable<(int C, int Y, int X)> order = plan.ChannelsFirst
            ? Range(plan.Channels).SelectMany(_ => Places(), (c, place) => (c, place.Y, place.X))
            : Places().SelectMany(_ => Range(plan.Channels), (place, c) => (c, place.Y, place.X));
        foreach ((int c, int y, int x) in order)
        {
            var pixel = new Read(pixels, [w.IsDepthwise ? c : 0, y, x]);
            body.Add(new Assign(sums, [c, y, x], new MultiplyAdd(pixel, new Read(factors, [c]), new Read(sums, [c, y, x]))));
        }

        return body.ToImmutable();
    }

    // As DirectWeights lays them out for tiles of this many channels: [tile][in][tap][channel of the tile].
    private IEnumerable<Statement> Factors(Index depth, Index tap)
    {
        long taps = w.KernelHeight * w.KernelWidth;
        if (w.IsDepthwise)
        {
            return Range(plan.Channels).Select(c => new Assign(factors, [c], new Load(W, (Channel(c) * taps) + tap)));
        }

        Index tile = ((Index)bc * plan.Channels.Lanes) + tc;
        Index first = (tile * (w.InChannels * taps * Packed)) + (depth * (taps * Packed)) + (tap * Packed);
        return plan.HasWeightFours
            ? Range(plan.Channels).Where(c => Four.Divides(c)).Select(c => (Statement)new LoadFour(factors, [c], W, first + c))
            : Range(plan.Channels).Select(c => new Assign(factors, [c], new Load(W, first + (plan.Channels.IsHeld ? c : (Index)vc))));
    }

    private IEnumerable<(int Y, int X)> Places() => Range(plan.Rows).SelectMany(_ => Range(plan.Columns), (y, x) => (y, x));

    private static IEnumerable<int> Range(SpatialAxis axis) => Enumerable.Range(0, axis.Held);

    private Index Channel(int number) => Output(plan.Channels, bc, tc, vc, number);

    private Index Row(int number) => Output(plan.Rows, by, ty, vh, number);

    private Index Column(int number) => Output(plan.Columns, bx, tx, vw, number);

    private static Index Output(SpatialAxis axis, LoopVariable group, LoopVariable lane, LoopVariable own, int number) =>
        ((Index)group * (axis.Lanes * axis.Own)) + ((Index)lane * axis.Own) + (axis.IsHeld ? number : (Index)own);
}
