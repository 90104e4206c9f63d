using System.Collections.Immutable;
using Attune.Kernels.Loops;
using static Attune.Kernels.Templates.Gpu.GroupLoops;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// A convolution whose groups each compute a block of output channels, rows and columns, from pieces of the input and of the weights that their lanes fetch
/// together. A lane keeps its sums in registers: some next to each other (the last factor of a split), some a whole group of lanes apart (the second factor,
/// virtual lanes in AutoTVM), so that lanes side by side read memory side by side. The halo of the input holds zeros, and tiles divide the output: there is no
/// border code.
/// </summary>
internal sealed class TiledProgram
{
    private readonly ConvolutionWorkload w;
    private readonly TiledPlan plan;
    private readonly KernelSignature binding;
    private readonly GpuOutput output;
    private readonly bool depthwise;
    private readonly Buffer inputs;
    private readonly Buffer weights;
    private readonly RegisterTile sums;
    private readonly RegisterTile pixels;
    private readonly RegisterTile factors;
    private readonly LoopVariable image = new("n");
    private readonly LoopVariable block = new("bf");
    private readonly LoopVariable by = new("by");
    private readonly LoopVariable bx = new("bx");
    private readonly LoopVariable tf = new("tf");
    private readonly LoopVariable ty = new("ty");
    private readonly LoopVariable tx = new("tx");
    private readonly LoopVariable depthStep = new("rco");
    private readonly LoopVariable rowStep = new("ryo");
    private readonly LoopVariable columnStep = new("rxo");

    private TiledProgram(ConvolutionWorkload w, TiledPlan plan, KernelSignature binding)
    {
        (this.w, this.plan, this.binding) = (w, plan, binding);
        output = new GpuOutput(binding);
        depthwise = w.IsDepthwise;
        inputs = Shared("xs", plan.SharedInput);
        weights = Shared("ws", plan.SharedWeights);
        sums = new RegisterTile("acc", plan.F[1], plan.F[3], plan.Y[1], plan.Y[3], plan.X[1], plan.X[3]);
        int channels = depthwise ? plan.F[1] * plan.F[3] : 1;
        pixels = new RegisterTile("a", channels, plan.Y[1], plan.Y[3], plan.X[1], plan.X[3]);
        factors = new RegisterTile("b", plan.F[1], plan.F[3]);
    }

    // Channels of the input that a group holds at a time.
    private int Planes => depthwise ? TiledPlan.Tile(plan.F) : plan.Depth[1];

    private Index Lane => ((Index)tf * (plan.Y[2] * plan.X[2])) + ((Index)ty * plan.X[2]) + tx;

    public static LoopProgram Build(ConvolutionWorkload w, TiledPlan plan, KernelSignature binding) => new TiledProgram(w, plan, binding).Program();

    private LoopProgram Program()
    {
        var z = new LoopVariable("bz");
        Statement[] lanes =
        [
            .. ForSums((at, channel, _, _) => [new Assign(sums, at, output.Initial(channel))]),
            new Loop(depthStep, 0, plan.Depth[0], 1, LoopKind.Serial,
                [new Loop(rowStep, 0, plan.KernelRows[0], 1, LoopKind.Serial, [new Loop(columnStep, 0, plan.KernelColumns[0], 1, LoopKind.Serial, Step())])]),
            .. ForSums((at, channel, row, column) => output.Store(sums, at, image, channel, row, column)),
        ];
        ImmutableArray<Statement> body =
        [
            new Let(image, IndexOperation.Divide, z, plan.F[0]),
            new Let(block, IndexOperation.Remainder, z, plan.F[0]),
            Bound(tf, plan.F[2], LoopKind.Lane, 2, Bound(ty, plan.Y[2], LoopKind.Lane, 1, Bound(tx, plan.X[2], LoopKind.Lane, 0, lanes))),
        ];
        Statement grid = Bound(
            z, w.Batch * plan.F[0], LoopKind.Group, 2, Bound(by, plan.Y[0], LoopKind.Group, 1, Bound(bx, plan.X[0], LoopKind.Group, 0, [.. body])));
        return new LoopProgram(
            w.Key, 1, [X, W, Bias, Residual, Y], new LoopVariable("begin"), new LoopVariable("end"), [grid])
        { GroupMemory = [inputs, weights] };
    }

    /// <summary>One filling of the group's memory and what is computed from it.</summary>
    private ImmutableArray<Statement> Step() =>
    [
        new GroupBarrier(),
        .. FetchInputs(),
        .. FetchWeights(),
        new GroupBarrier(),
        .. Reduction(),
    ];

    private ImmutableArray<Statement> FetchInputs()
    {
        var (plane, rest, row, column) = (new LoopVariable("c"), new LoopVariable("q"), new LoopVariable("r"), new LoopVariable("s"));
        int area = plan.InputRows * plan.InputColumns;
        Index channel = depthwise ? ((Index)block * Planes) + plane : ((Index)depthStep * Planes) + plane;
        Index y = ((Index)by * (TiledPlan.Tile(plan.Y) * w.StrideHeight)) + ((Index)rowStep * (plan.KernelRows[1] * w.DilationHeight)) + row - w.Padding.Top;
        Index x =
            ((Index)bx * (TiledPlan.Tile(plan.X) * w.StrideWidth)) + ((Index)columnStep * (plan.KernelColumns[1] * w.DilationWidth)) + column - w.Padding.Left;
        return Fetch(
            plan.SharedInput,
            at =>
            [
                new Let(plane, IndexOperation.Divide, at, area),
                new Let(rest, IndexOperation.Remainder, at, area),
                new Let(row, IndexOperation.Divide, rest, plan.InputColumns),
                new Let(column, IndexOperation.Remainder, rest, plan.InputColumns),
                new Store(inputs, at, new Load(KernelBuffers.X, GpuOutput.Place(binding.Input, image, channel, y, x))),
            ]);
    }

    private ImmutableArray<Statement> FetchWeights()
    {
        var (filter, rest, depth, tap, row, column) =
            (new LoopVariable("f"), new LoopVariable("q"), new LoopVariable("c"), new LoopVariable("p"), new LoopVariable("r"), new LoopVariable("s"));
        int taps = plan.KernelRows[1] * plan.KernelColumns[1];
        int each = plan.Depth[1] * taps;
        Index from = ((((Index)block * TiledPlan.Tile(plan.F)) + filter) * ((long)w.GroupInChannels * w.KernelHeight * w.KernelWidth))
            + ((((Index)depthStep * plan.Depth[1]) + depth) * (w.KernelHeight * w.KernelWidth))
            + ((((Index)rowStep * plan.KernelRows[1]) + row) * w.KernelWidth) + ((Index)columnStep * plan.KernelColumns[1]) + column;
        return Fetch(
            plan.SharedWeights,
            at =>
            [
                new Let(filter, IndexOperation.Divide, at, each),
                new Let(rest, IndexOperation.Remainder, at, each),
                new Let(depth, IndexOperation.Divide, rest, taps),
                new Let(tap, IndexOperation.Remainder, rest, taps),
                new Let(row, IndexOperation.Divide, tap, plan.KernelColumns[1]),
                new Let(column, IndexOperation.Remainder, tap, plan.KernelColumns[1]),
                new Store(weights, at, new Load(W, from)),
            ]);
    }

    private ImmutableArray<Statement> Fetch(long count, Func<Index, ImmutableArray<Statement>> one) => GroupLoops.Fetch(count, plan.Lanes, Lane, one);

    private ImmutableArray<Statement> Reduction()
    {
        var (depth, row, column) = (new LoopVariable("rci"), new LoopVariable("ryi"), new LoopVariable("rxi"));
        ImmutableArray<Statement> body = Products(depth, row, column);
        long size = plan.Sums;
        foreach ((LoopVariable variable, int extent) in new[] { (column, plan.KernelColumns[1]), (row, plan.KernelRows[1]), (depth, plan.Depth[1]) })
        {
            size *= extent;
            LoopKind kind = size > plan.Unroll ? LoopKind.Serial : plan.IsExplicit ? LoopKind.Unrolled : LoopKind.Hinted;
            body = [new Loop(variable, 0, extent, 1, kind, body)];
        }

        return body;
    }

    private ImmutableArray<Statement> Products(Index depth, Index row, Index column)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        int channels = depthwise ? plan.F[1] * plan.F[3] : 1;
        for (int c = 0; c < channels; c++)
        {
            Index plane = depthwise ? Filter(c / plan.F[3], c % plan.F[3]) : depth;
            foreach ((int vy, int y, int vx, int x) in Pixels())
            {
                Index r = (RowOf(vy, y) * w.StrideHeight) + (row * w.DilationHeight);
                Index s = (ColumnOf(vx, x) * w.StrideWidth) + (column * w.DilationWidth);
                Index at = (plane * (plan.InputRows * plan.InputColumns)) + (r * plan.InputColumns) + s;
                body.Add(new Assign(pixels, [c, vy, y, vx, x], new Load(inputs, at)));
            }
        }

        int taps = plan.KernelRows[1] * plan.KernelColumns[1];
        for (int v = 0; v < plan.F[1]; v++)
        {
            for (int i = 0; i < plan.F[3]; i++)
            {
                Index at = (Filter(v, i) * (plan.Depth[1] * taps)) + (depthwise ? Index.Zero : depth * taps) + (row * plan.KernelColumns[1]) + column;
                body.Add(new Assign(factors, [v, i], new Load(weights, at)));
            }
        }

        for (int v = 0; v < plan.F[1]; v++)
        {
            for (int i = 0; i < plan.F[3]; i++)
            {
                foreach ((int vy, int y, int vx, int x) in Pixels())
                {
                    ImmutableArray<Index> at = [v, i, vy, y, vx, x];
                    var pixel = new Read(pixels, [depthwise ? (v * plan.F[3]) + i : 0, vy, y, vx, x]);
                    body.Add(new Assign(sums, at, new MultiplyAdd(pixel, new Read(factors, [v, i]), new Read(sums, at))));
                }
            }
        }

        return body.ToImmutable();
    }

    private ImmutableArray<Statement> ForSums(Func<ImmutableArray<Index>, Index, Index, Index, ImmutableArray<Statement>> make)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        for (int v = 0; v < plan.F[1]; v++)
        {
            for (int i = 0; i < plan.F[3]; i++)
            {
                foreach ((int vy, int y, int vx, int x) in Pixels())
                {
                    Index channel = ((Index)block * TiledPlan.Tile(plan.F)) + Filter(v, i);
                    Index row = ((Index)by * TiledPlan.Tile(plan.Y)) + RowOf(vy, y);
                    Index column = ((Index)bx * TiledPlan.Tile(plan.X)) + ColumnOf(vx, x);
                    body.AddRange(make([v, i, vy, y, vx, x], channel, row, column));
                }
            }
        }

        return body.ToImmutable();
    }

    private IEnumerable<(int Vy, int Y, int Vx, int X)> Pixels() =>
        from vy in Enumerable.Range(0, plan.Y[1])
        from y in Enumerable.Range(0, plan.Y[3])
        from vx in Enumerable.Range(0, plan.X[1])
        from x in Enumerable.Range(0, plan.X[3])
        select (vy, y, vx, x);

    private Index Filter(int v, int i) => Within(plan.F, tf, v, i);

    private Index RowOf(int v, int i) => Within(plan.Y, ty, v, i);

    private Index ColumnOf(int v, int i) => Within(plan.X, tx, v, i);

    private static Index Within(ImmutableArray<int> split, LoopVariable lane, int v, int i) => ((Index)lane * split[3]) + ((v * split[2] * split[3]) + i);
}
