using System.Collections.Immutable;
using Attune.Kernels.Loops;
using static Attune.Kernels.Templates.Gpu.GroupLoops;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// A transposed convolution whose groups each compute a block of images, output channels, rows and columns, from pieces of the input and of the weights that
/// their lanes fetch together. Every sum adds up what its output meets; see <see cref="TransposedAxis"/>. The halo of the input holds zeros, and tiles divide
/// the output: there is no border code.
/// </summary>
internal sealed class TransposedProgram
{
    private readonly TransposedWorkload w;
    private readonly TransposedPlan plan;
    private readonly KernelSignature binding;
    private readonly GpuOutput output;
    private readonly Buffer inputs;
    private readonly Buffer weights;
    private readonly RegisterTile sums;
    private readonly RegisterTile pixels;
    private readonly RegisterTile factors;
    private readonly TransposedLines rows;
    private readonly TransposedLines columns;
    private readonly LoopVariable bn = new("bn");
    private readonly LoopVariable bf = new("bf");
    private readonly LoopVariable by = new("by");
    private readonly LoopVariable bx = new("bx");
    private readonly LoopVariable tn = new("tn");
    private readonly LoopVariable tf = new("tf");
    private readonly LoopVariable ty = new("ty");
    private readonly LoopVariable tx = new("tx");
    private readonly LoopVariable step = new("rco");

    private TransposedProgram(TransposedWorkload w, TransposedPlan plan, KernelSignature binding)
    {
        (this.w, this.plan, this.binding) = (w, plan, binding);
        output = new GpuOutput(binding);
        rows = new TransposedLines(plan.Rows, by, ty);
        columns = new TransposedLines(plan.Columns, bx, tx);
        inputs = Shared("xs", plan.SharedInput);
        weights = Shared("ws", plan.SharedWeights);
        sums = new RegisterTile("acc", plan.Images, plan.Filters, rows.Outputs.Length, columns.Outputs.Length);
        pixels = new RegisterTile("a", plan.Images, rows.InputCount, columns.InputCount);
        factors = new RegisterTile("b", plan.Filters, rows.PhaseCount, columns.PhaseCount);
    }

    private Index Lane =>
        ((Index)tn * (plan.F[2] * plan.Rows.Split[2] * plan.Columns.Split[2])) + ((Index)tf * (plan.Rows.Split[2] * plan.Columns.Split[2]))
        + ((Index)ty * plan.Columns.Split[2]) + tx;

    public static LoopProgram Build(TransposedWorkload w, TransposedPlan plan, KernelSignature binding) => new TransposedProgram(w, plan, binding).Program();

    private LoopProgram Program()
    {
        var places = new LoopVariable("bp");
        ImmutableArray<Statement> lanes =
        [
            .. rows.Lets,
            .. columns.Lets,
            .. ForSums((at, _, channel, _, _) => [new Assign(sums, at, output.Initial(channel))]),
            new Loop(step, 0, plan.Depth[0], 1, LoopKind.Serial, Step()),
            .. ForSums((at, image, channel, row, column) => output.Store(sums, at, image, channel, row, column)),
        ];
        ImmutableArray<Statement> group = [.. Pair(places, by, bx, plan.Columns.Split[0]), plan.JoinsPlaces ? JoinedPlaces(lanes) : JoinedChannels(lanes)];
        int groups = plan.Rows.Split[0] * plan.Columns.Split[0];
        Statement grid = Bound(bn, plan.N[0], LoopKind.Group, 2, Bound(bf, plan.F[0], LoopKind.Group, 1, Bound(places, groups, LoopKind.Group, 0, [.. group])));
        return new LoopProgram(
            w.Key, 1, [X, W, Bias, Residual, Y], new LoopVariable("begin"), new LoopVariable("end"), [grid])
        { GroupMemory = [inputs, weights] };
    }

    private Loop JoinedPlaces(ImmutableArray<Statement> body)
    {
        var places = new LoopVariable("tp");
        ImmutableArray<Statement> all = [.. Pair(places, ty, tx, plan.Columns.Split[2]), .. body];
        return Lanes((tn, plan.N[2]), (tf, plan.F[2]), (places, plan.Rows.Split[2] * plan.Columns.Split[2]), all);
    }

    private Loop JoinedChannels(ImmutableArray<Statement> body)
    {
        var channels = new LoopVariable("tc");
        ImmutableArray<Statement> all = [.. Pair(channels, tn, tf, plan.F[2]), .. body];
        return Lanes((channels, plan.N[2] * plan.F[2]), (ty, plan.Rows.Split[2]), (tx, plan.Columns.Split[2]), all);
    }

    private static Loop Lanes((LoopVariable At, int Count) z, (LoopVariable At, int Count) y, (LoopVariable At, int Count) x, ImmutableArray<Statement> body) =>
        Bound(z.At, z.Count, LoopKind.Lane, 2, Bound(y.At, y.Count, LoopKind.Lane, 1, Bound(x.At, x.Count, LoopKind.Lane, 0, [.. body])));

    private static ImmutableArray<Statement> Pair(LoopVariable both, LoopVariable outer, LoopVariable inner, int extent) =>
        [new Let(outer, IndexOperation.Divide, both, extent), new Let(inner, IndexOperation.Remainder, both, extent)];

    /// <summary>What is computed from one filling of the group's memory with input.</summary>
    private ImmutableArray<Statement> Step()
    {
        if (plan.Depth[1] == 1)
        {
            return [new GroupBarrier(), .. FetchInputs(), .. FetchWeights(step), new GroupBarrier(), .. Reduction(Index.Zero)];
        }

        var piece = new LoopVariable("rcm");
        Index number = ((Index)step * plan.Depth[1]) + piece;
        return
        [
            new GroupBarrier(),
            .. FetchInputs(),
            new Loop(piece, 0, plan.Depth[1], 1, LoopKind.Serial,
                [new GroupBarrier(), .. FetchWeights(number), new GroupBarrier(), .. Reduction((Index)piece * plan.Depth[2])]),
        ];
    }

    private ImmutableArray<Statement> FetchInputs()
    {
        var (image, plane, rest, row, column) =
            (new LoopVariable("n"), new LoopVariable("c"), new LoopVariable("q"), new LoopVariable("r"), new LoopVariable("s"));
        int area = plan.Rows.Inputs * plan.Columns.Inputs;
        int depth = plan.Depth[1] * plan.Depth[2];
        var planes = new LoopVariable("p");
        (Index y, Index x) = (rows.First + row, columns.First + column);
        Index from = GpuOutput.Place(binding.Input, ((Index)bn * TiledPlan.Tile(plan.N)) + image, ((Index)step * depth) + plane, y, x);
        return Fetch(
            plan.SharedInput, plan.Lanes, Lane,
            at =>
            [
                new Let(planes, IndexOperation.Divide, at, area),
                new Let(rest, IndexOperation.Remainder, at, area),
                new Let(image, IndexOperation.Divide, planes, depth),
                new Let(plane, IndexOperation.Remainder, planes, depth),
                new Let(row, IndexOperation.Divide, rest, plan.Columns.Inputs),
                new Let(column, IndexOperation.Remainder, rest, plan.Columns.Inputs),
                .. Inside(plan.Rows, y, w.Height + w.InputHalo.Bottom,
                    Inside(plan.Columns, x, w.Width + w.InputHalo.Right, [new Store(inputs, at, new Load(KernelBuffers.X, from))])),
            ]);
    }

    // Groups that start in several phases make room for the longest; the last of them may then reach past the halo with what no output meets.
    private static ImmutableArray<Statement> Inside(TransposedAxis axis, Index at, int end, ImmutableArray<Statement> body) =>
        axis.StartsAlike ? body : [new When(at, Comparison.Less, end, body, [])];

    /// <summary>The weights of a piece: of each output channel as many as follow each other.</summary>
    private ImmutableArray<Statement> FetchWeights(Index piece)
    {
        var (filter, rest) = (new LoopVariable("f"), new LoopVariable("q"));
        int each = plan.Depth[2] * plan.Taps;
        Index from = ((((Index)bf * TiledPlan.Tile(plan.F)) + filter) * ((long)w.InChannels * plan.Taps)) + (piece * each) + rest;
        return Fetch(
            plan.SharedWeights, plan.Lanes, Lane,
            at =>
            [
                new Let(filter, IndexOperation.Divide, at, each),
                new Let(rest, IndexOperation.Remainder, at, each),
                new Store(weights, at, new Load(W, from)),
            ]);
    }

    private ImmutableArray<Statement> Reduction(Index firstPlane)
    {
        var depth = new LoopVariable("rci");
        long across = plan.Sums * plan.Columns.Meetings;
        long down = across * plan.Rows.Meetings;
        ImmutableArray<Statement> body =
            Meetings("ry", plan.Rows, rows, down, (row, lastRow) =>
                Meetings("rx", plan.Columns, columns, across, (column, lastColumn) => Products((depth, firstPlane), (row, lastRow), (column, lastColumn))));
        return body.IsEmpty ? [] : [new Loop(depth, 0, plan.Depth[2], 1, KindOf(down * plan.Depth[2]), body)];
    }

    // The last input that an output meets, apart where only some outputs do.
    private ImmutableArray<Statement> Meetings(
        string name, TransposedAxis axis, TransposedLines lines, long size, Func<Index, bool, ImmutableArray<Statement>> make)
    {
        bool apart = Enumerable.Range(0, lines.PhaseCount).Any(phase => !lines.Meets(phase, isLast: true));
        int common = axis.Meetings - (apart ? 1 : 0);
        var at = new LoopVariable(name);
        ImmutableArray<Statement> body = common == 0 ? [] : make(at, false);
        ImmutableArray<Statement> last = apart ? make(axis.Meetings - 1, true) : [];
        return [.. body.IsEmpty ? [] : (ImmutableArray<Statement>)[new Loop(at, 0, common, 1, KindOf(size), body)], .. last];
    }

    private LoopKind KindOf(long size) => size > plan.Unroll ? LoopKind.Serial : plan.IsExplicit ? LoopKind.Unrolled : LoopKind.Hinted;

    private ImmutableArray<Statement> Products((Index Depth, Index First) plane, (Index At, bool IsLast) row, (Index At, bool IsLast) column)
    {
        var all = (
            from n in Enumerable.Range(0, plan.Images)
            from f in Enumerable.Range(0, plan.Filters)
            from y in Enumerable.Range(0, rows.Outputs.Length)
            from x in Enumerable.Range(0, columns.Outputs.Length)
            let r = rows.Of(rows.Outputs[y])
            let c = columns.Of(columns.Outputs[x])
            where rows.Meets(r.Phase, row.IsLast) && columns.Meets(c.Phase, column.IsLast)
            select (Sum: (ImmutableArray<Index>)[n, f, y, x], Pixel: (n, r.Input, c.Input), Factor: (f, r.Phase, c.Phase))).ToArray();
        var body = ImmutableArray.CreateBuilder<Statement>();
        foreach ((int n, int r, int c) in all.Select(each => each.Pixel).Distinct())
        {
            Index planes = (Within(plan.N, tn, n) * (plan.Depth[1] * plan.Depth[2])) + plane.First + plane.Depth;
            Index at = (planes * (plan.Rows.Inputs * plan.Columns.Inputs)) + ((rows.Input(r) - row.At) * plan.Columns.Inputs) + columns.Input(c) - column.At;
            body.Add(new Assign(pixels, [n, r, c], new Load(inputs, at)));
        }

        foreach ((int f, int r, int c) in all.Select(each => each.Factor).Distinct())
        {
            Index channels = (Within(plan.F, tf, f) * plan.Depth[2]) + plane.Depth;
            Index at = (channels * plan.Taps) + TapOf(row.At, column.At, rows.Phase(r), columns.Phase(c));
            body.Add(new Assign(factors, [f, r, c], new Load(weights, at)));
        }

        foreach ((ImmutableArray<Index> sum, (int n, int y, int x), (int f, int r, int c)) in all)
        {
            body.Add(new Assign(sums, sum, new MultiplyAdd(new Read(pixels, [n, y, x]), new Read(factors, [f, r, c]), new Read(sums, sum))));
        }

        return body.ToImmutable();
    }

    // As TransposedWeights lays them out.
    private Index TapOf(Index row, Index column, Index rowPhase, Index columnPhase) =>
        (((row * plan.Columns.Meetings) + column) * (plan.Rows.Stride * plan.Columns.Stride)) + (rowPhase * plan.Columns.Stride) + columnPhase;

    private ImmutableArray<Statement> ForSums(Func<ImmutableArray<Index>, Index, Index, Index, Index, ImmutableArray<Statement>> make)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        for (int n = 0; n < plan.Images; n++)
        {
            for (int f = 0; f < plan.Filters; f++)
            {
                for (int y = 0; y < rows.Outputs.Length; y++)
                {
                    for (int x = 0; x < columns.Outputs.Length; x++)
                    {
                        Index image = ((Index)bn * TiledPlan.Tile(plan.N)) + Within(plan.N, tn, n);
                        Index channel = ((Index)bf * TiledPlan.Tile(plan.F)) + Within(plan.F, tf, f);
                        body.AddRange(make([n, f, y, x], image, channel, rows.Output(rows.Outputs[y]), columns.Output(columns.Outputs[x])));
                    }
                }
            }
        }

        return body.ToImmutable();
    }

    // Of the images or channels of a lane the one of a number: some next to each other, some a whole group of lanes apart.
    private static Index Within(ImmutableArray<int> split, LoopVariable lane, int number) =>
        ((Index)lane * split[3]) + ((number / split[3] * split[2] * split[3]) + (number % split[3]));
}
