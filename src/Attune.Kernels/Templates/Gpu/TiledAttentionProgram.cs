using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates.Gpu.Staged;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// Attention of one head and some queries per group, tile of keys by tile of keys: scores, their largest so far, exponentials relative to it, and the sums of
/// values weighted with them. Where a tile brings a larger score, what was summed before is scaled down (softmax in one pass: Milakov and Gimelshein, "Online
/// normalizer calculation for softmax", 2018; Dao et al., "FlashAttention", 2022). Nothing but the result is written. Buffers: 0 queries, 1 keys, 2 values,
/// 3 mask, 4 output [batch, queries, heads x value size].
/// </summary>
internal sealed class TiledAttentionProgram
{
    private static readonly Buffer Q = new("q", 0);
    private static readonly Buffer K = new("k", 1);
    private static readonly Buffer V = new("v", 2);
    private static readonly Buffer Mask = new("mask", 3);
    private static readonly Buffer Y = new("y", 4);

    private readonly AttentionWorkload w;
    private readonly TiledAttentionPlan plan;
    private readonly Buffer queries;
    private readonly Buffer tile;
    private readonly Buffer weights;
    private readonly Buffer joint;
    private readonly RegisterTile scores;
    private readonly RegisterTile sums;
    private readonly RegisterTile largest;
    private readonly RegisterTile before;
    private readonly RegisterTile total;
    private readonly RegisterTile left;
    private readonly RegisterTile right;
    private readonly StagedAxis rows;
    private readonly AddressPart[] places;
    private readonly LoopVariable pair = new("by");
    private readonly LoopVariable bx = new("bx");
    private readonly LoopVariable batch = new("n");
    private readonly LoopVariable head = new("head");
    private readonly LoopVariable y = new("ty");
    private readonly LoopVariable x = new("tx");
    private readonly LoopVariable step = new("step");

    private TiledAttentionProgram(TiledAttentionPlan plan)
    {
        (this.plan, w) = (plan, plan.Workload);
        queries = Shared("qs", plan.Queries * plan.Pitch);
        tile = Shared("ts", plan.TileFloats);
        weights = Shared("ps", plan.Queries * plan.WeightPitch);
        joint = Shared("rs", plan.Queries * plan.ColumnLanes);
        scores = new RegisterTile("s", plan.Rows, plan.Columns);
        sums = new RegisterTile("acc", plan.Rows, plan.Elements);
        largest = new RegisterTile("m", plan.Rows);
        before = new RegisterTile("f", plan.Rows);
        total = new RegisterTile("l", plan.Rows);
        left = new RegisterTile("a", plan.Rows);
        right = new RegisterTile("b", Math.Max(plan.Columns, plan.Elements));
        rows = new StagedAxis(new LaneSplit(1, plan.RowLanes, plan.Rows), (Index)bx * plan.Queries, w.Queries);
        places = [.. Enumerable.Range(0, plan.Rows).Select(r => rows.Readable(Row(r)))];
    }

    private Index Begin => (Index)step * plan.Keys;

    /// <summary>The program of a plan.</summary>
    public static LoopProgram Build(TiledAttentionPlan plan) => new TiledAttentionProgram(plan).Program();

    private LoopProgram Program()
    {
        ImmutableArray<Statement> each =
        [
            new GroupBarrier(),
            .. BringKeys(),
            new GroupBarrier(),
            .. Scores(),
            new GroupBarrier(),
            .. Weights(),
            .. BringValues(),
            new GroupBarrier(),
            .. Sums(),
        ];
        ImmutableArray<Statement> body =
        [
            .. w.Mask is { Query: not 0 } ? places.SelectMany(place => place.Bindings) : [],
            .. BringQueries(),
            .. ForRows(r => [new Assign(largest, [r], new Constant(float.MinValue)), new Assign(total, [r], new Constant(0))]),
            .. ForRows(r => ForElements(e => [new Assign(sums, [r, e], new Constant(0))])),
            new Loop(step, 0, plan.Tiles, 1, LoopKind.Serial, each),
            .. Ends(),
        ];
        var lanes = new Loop(y, 0, plan.RowLanes, 1, LoopKind.Lane, [new Loop(x, 0, plan.ColumnLanes, 1, LoopKind.Lane, body)], 1);
        ImmutableArray<Statement> group =
            [new Let(head, IndexOperation.Remainder, pair, w.Heads), new Let(batch, IndexOperation.Divide, pair, w.Heads), lanes];
        var grid = new Loop(pair, 0, (long)w.Batch * w.Heads, 1, LoopKind.Group, [new Loop(bx, 0, plan.Groups, 1, LoopKind.Group, group)], 1);
        return new LoopProgram(w.Title, 1, [Q, K, V, Mask, Y], new LoopVariable("begin"), new LoopVariable("end"), [grid])
        {
            GroupMemory = [queries, tile, weights, joint],
        };
    }

    private ImmutableArray<Statement> BringQueries() => Each(plan.Queries, w.Size, (row, element) =>
    {
        AddressPart place = rows.Readable(row);
        var query = new Load(Q, First(w.Query, w.Queries, w.Size) + (place.Offset * w.Query.Width) + element);
        var scaled = new Binary(BinaryOperation.Multiply, query, new Constant(w.Scale));
        return [.. place.Bindings, new Store(queries, (row * plan.Pitch) + element, scaled)];
    });

    private ImmutableArray<Statement> BringKeys() => Each(plan.Keys, w.Size, (key, element) =>
        BeforeLast(
            key,
            [new Store(tile, (key * plan.Pitch) + element, new Load(K, First(w.Key, w.Keys, w.Size) + ((Begin + key) * w.Key.Width) + element))],
            [new Store(tile, (key * plan.Pitch) + element, new Constant(0))]));

    // What weighs nothing is zero, so that nothing times it is nothing.
    private ImmutableArray<Statement> BringValues() => Each(plan.Keys, plan.ValuePitch, (key, element) =>
    {
        Index to = (key * plan.ValuePitch) + element;
        ImmutableArray<Statement> zero = [new Store(tile, to, new Constant(0))];
        ImmutableArray<Statement> value = [new Store(tile, to, new Load(V, First(w.Value, w.Keys, w.ValueSize) + ((Begin + key) * w.Value.Width) + element))];
        return BeforeLast(key, plan.ValuePitch == w.ValueSize ? value : [new When(element, Comparison.Less, w.ValueSize, value, zero)], zero);
    });

    private ImmutableArray<Statement> Scores()
    {
        var element = new LoopVariable("e");
        ImmutableArray<Statement> products =
        [
            .. ForRows(r => [new Assign(left, [r], new Load(queries, (Row(r) * plan.Pitch) + element))]),
            .. ForColumns(c => [new Assign(right, [c], new Load(tile, (Column(c) * plan.Pitch) + element))]),
            .. ForRows(r => ForColumns(c => [new Assign(
                scores, [r, c], new MultiplyAdd(new Read(left, [r]), new Read(right, [c]), new Read(scores, [r, c])))])),
        ];
        return
        [
            .. ForRows(r => ForColumns(c => [new Assign(scores, [r, c], new Constant(0))])),
            new Loop(element, 0, w.Size, 1, LoopKind.Serial, products),
            .. ForColumns(c => BeforeLast(
                Column(c), ForRows(r => Masked(r, c)), ForRows(r => [new Assign(scores, [r, c], new Constant(float.NegativeInfinity))]))),
            .. ForRows(r =>
            [
                new Assign(left, [r], new Read(scores, [r, 0])),
                .. ForColumns(c => c == 0 ? [] : [new Assign(left, [r], Maximum(new Read(scores, [r, c]), new Read(left, [r])))]),
                new Store(joint, (Row(r) * plan.ColumnLanes) + x, new Read(left, [r])),
            ]),
        ];
    }

    private ImmutableArray<Statement> Masked(int r, int c) => w.Mask is { } mask
        ? [new Assign(scores, [r, c], new Binary(BinaryOperation.Add, new Read(scores, [r, c]), new Load(
            Mask, ((Index)batch * mask.Batch) + ((Index)head * mask.Head) + (places[r].Offset * mask.Query) + Begin + Column(c))))]
        : [];

    // The largest score so far is finite even where a mask forbids all keys of a tile, so that what it forbids weighs nothing.
    private ImmutableArray<Statement> Weights() => ForRows(r =>
    {
        var other = new LoopVariable("o");
        return
        [
            new Assign(before, [r], new Read(largest, [r])),
            new Loop(other, 0, plan.ColumnLanes, 1, LoopKind.Serial,
                [new Assign(largest, [r], Maximum(new Load(joint, (Row(r) * plan.ColumnLanes) + other), new Read(largest, [r])))]),
            new Assign(before, [r], Power(new Read(before, [r]), r)),
            new Assign(total, [r], new Binary(BinaryOperation.Multiply, new Read(total, [r]), new Read(before, [r]))),
            .. ForElements(e => [new Assign(sums, [r, e], new Binary(BinaryOperation.Multiply, new Read(sums, [r, e]), new Read(before, [r])))]),
            .. ForColumns(c =>
            [
                new Assign(scores, [r, c], Power(new Read(scores, [r, c]), r)),
                new Assign(total, [r], new Binary(BinaryOperation.Add, new Read(total, [r]), new Read(scores, [r, c]))),
                new Store(weights, (Row(r) * plan.WeightPitch) + Column(c), new Read(scores, [r, c])),
            ]),
        ];
    });

    private ImmutableArray<Statement> Sums()
    {
        var key = new LoopVariable("k");
        ImmutableArray<Statement> products =
        [
            .. ForRows(r => [new Assign(left, [r], new Load(weights, (Row(r) * plan.WeightPitch) + key))]),
            .. ForElements(e => [new Assign(right, [e], new Load(tile, ((Index)key * plan.ValuePitch) + Column(e)))]),
            .. ForRows(r => ForElements(e => [new Assign(
                sums, [r, e], new MultiplyAdd(new Read(left, [r]), new Read(right, [e]), new Read(sums, [r, e])))])),
        ];
        return [new Loop(key, 0, plan.Keys, 1, LoopKind.Serial, products)];
    }

    // Each lane added up the weights of its own keys.
    private ImmutableArray<Statement> Ends()
    {
        int width = w.Heads * w.ValueSize;
        Index to = ((Index)batch * ((long)w.Queries * width)) + ((Index)head * w.ValueSize);
        ImmutableArray<Statement> End(int r, int e)
        {
            var value = new Binary(BinaryOperation.Divide, new Read(sums, [r, e]), new Read(total, [r]));
            ImmutableArray<Statement> store = [new Store(Y, to + ((rows.Origin + Row(r)) * width) + Column(e), value)];
            return (e + 1) * plan.ColumnLanes <= w.ValueSize ? store : [new When(Column(e), Comparison.Less, w.ValueSize, store, [])];
        }

        return
        [
            .. ForRows(r => [new Store(joint, (Row(r) * plan.ColumnLanes) + x, new Read(total, [r]))]),
            new GroupBarrier(),
            .. ForRows(r =>
            {
                var other = new LoopVariable("o");
                var next = new Binary(BinaryOperation.Add, new Read(total, [r]), new Load(joint, (Row(r) * plan.ColumnLanes) + other));
                return
                [
                    new Assign(total, [r], new Constant(0)),
                    new Loop(other, 0, plan.ColumnLanes, 1, LoopKind.Serial, [new Assign(total, [r], next)]),
                    .. rows.Inside(Row(r), ForElements(e => End(r, e))),
                ];
            }),
        ];
    }

    private static Buffer Shared(string name, int floats) => new(name, -1) { Scope = MemoryScope.Group, Extent = floats };

    private static Binary Maximum(Value left, Value right) => new(BinaryOperation.Maximum, left, right);

    private Unary Power(Value score, int r) =>
        new(UnaryOperation.Exponential, new Binary(BinaryOperation.Subtract, score, new Read(largest, [r])));

    private Index Row(int r) => ((Index)y * plan.Rows) + r;

    private Index Column(int number) => (Index)x + ((long)number * plan.ColumnLanes);

    /// <summary>First element of this group's head in the first row of its sequence.</summary>
    private Index First(AttentionColumns columns, int count, int size) =>
        (Index)columns.First + ((Index)batch * ((long)count * columns.Width)) + ((Index)head * size);

    private ImmutableArray<Statement> BeforeLast(Index key, ImmutableArray<Statement> body, ImmutableArray<Statement> otherwise) =>
        w.Keys % plan.Keys == 0 ? body : [new When(Begin + key, Comparison.Less, w.Keys, body, otherwise)];

    /// <summary>All lanes together do something for every element of a matrix.</summary>
    private ImmutableArray<Statement> Each(int lines, int length, Func<Index, Index, ImmutableArray<Statement>> one)
    {
        var (round, line, at) = (new LoopVariable("i"), new LoopVariable("line"), new LoopVariable("at"));
        int count = lines * length;
        Index number = ((Index)round * plan.Lanes) + ((Index)y * plan.ColumnLanes) + x;
        ImmutableArray<Statement> body =
            [new Let(line, IndexOperation.Divide, number, length), new Let(at, IndexOperation.Remainder, number, length), .. one(line, at)];
        body = count % plan.Lanes == 0 ? body : [new When(number, Comparison.Less, count, body, [])];
        return [new Loop(round, 0, (count + plan.Lanes - 1) / plan.Lanes, 1, LoopKind.Serial, body)];
    }

    private ImmutableArray<Statement> ForRows(Func<int, ImmutableArray<Statement>> make) => [.. Enumerable.Range(0, plan.Rows).SelectMany(r => make(r))];

    private ImmutableArray<Statement> ForColumns(Func<int, ImmutableArray<Statement>> make) => [.. Enumerable.Range(0, plan.Columns).SelectMany(c => make(c))];

    private ImmutableArray<Statement> ForElements(Func<int, ImmutableArray<Statement>> make) =>
        [.. Enumerable.Range(0, plan.Elements).SelectMany(e => make(e))];
}
