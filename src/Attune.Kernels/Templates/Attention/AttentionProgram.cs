using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Attention;

/// <summary>
/// Attention of one head and one block of queries per work unit. Scores are kept transposed, [key][query], so that the softmax over keys runs down
/// vectors and needs no reduction across lanes: queries are packed [element][query] and scaled, a register tile of keys x queries is summed, its running
/// maximum kept; the exponentials then serve as broadcast operands of the product with the values, which are read where they lie. Everything between
/// fits the second-level cache. Buffers: 0 queries, 1 keys, 2 values, 3 mask, 4 output [batch, queries, heads x value size].
/// </summary>
internal sealed class AttentionProgram
{
    private static readonly Buffer Q = new("q", 0);
    private static readonly Buffer K = new("k", 1);
    private static readonly Buffer V = new("v", 2);
    private static readonly Buffer Mask = new("mask", 3);
    private static readonly Buffer Y = new("y", 4);

    private readonly AttentionWorkload w;
    private readonly KernelTarget target;
    private readonly int vectors;
    private readonly int block;
    private readonly int valid;
    private readonly LoopVariable batch = new("n");
    private readonly LoopVariable head = new("head");
    private readonly LoopVariable first = new("q0");

    private AttentionProgram(AttentionWorkload w, KernelTarget target)
    {
        this.target = target;
        this.w = w;
        vectors = w.Queries > w.Lanes ? 2 : 1;
        block = vectors * w.Lanes;
        valid = Math.Min(block, w.Queries);
    }

    // Scratch of a thread: packed queries, scores, reciprocal sums, packed mask.
    private long ScoresAt => (long)w.Size * block;

    private long SumsAt => ScoresAt + ((long)w.Keys * block);

    private long MaskAt => SumsAt + block;

    private bool PacksMask => w.Mask is { Query: not 0 };

    private long ScratchFloats => MaskAt + (PacksMask ? (long)w.Keys * block : 0);

    private int QueryBlocks => (w.Queries + block - 1) / block;

    public static KernelSource Build(AttentionWorkload workload, KernelTarget target)
    {
        if (!workload.IsEligible)
        {
            throw new ArgumentException(
                $"{workload.Title}: values of {workload.ValueSize} elements do not fill a vector of {workload.Lanes}.", nameof(workload));
        }

        var template = new AttentionProgram(workload, target);
        return new KernelSource([(template.Program(), workload.Batch * workload.Heads * template.QueryBlocks)], 0, template.ScratchFloats);
    }

    private LoopProgram Program()
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var unit = new LoopVariable("u");
        var queryBlock = new LoopVariable("qb");
        var pair = new LoopVariable("pair");
        ImmutableArray<Statement> body =
        [
            new Let(queryBlock, IndexOperation.Remainder, unit, QueryBlocks),
            new Let(pair, IndexOperation.Divide, unit, QueryBlocks),
            new Let(head, IndexOperation.Remainder, pair, w.Heads),
            new Let(batch, IndexOperation.Divide, pair, w.Heads),
            new Let(first, IndexOperation.Minimum, (Index)queryBlock * block, w.Queries - valid),
            .. Pack("qi", w.Size, new Constant(w.Scale), Q, Row(w.Query, w.Queries, w.Size) + ((Index)first * w.Query.Width), w.Query.Width, 0),
            .. PackMask(),
            .. Scores(),
            .. Context(),
        ];
        ImmutableArray<Buffer> buffers = [Q, K, V, Mask, Y, KernelBuffers.Shared, KernelBuffers.Scratch];
        return new LoopProgram(w.Title, w.Lanes, buffers, begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, body)]);
    }

    /// <summary>First element of this unit's head in the first row of its sequence.</summary>
    private Index Row(AttentionColumns columns, int rows, int size) =>
        (Index)columns.First + ((Index)batch * ((long)rows * columns.Width)) + ((Index)head * size);

    /// <summary>Transposes rows of this block's queries into scratch; lanes past the last query repeat it.</summary>
    private ImmutableArray<Statement> Pack(string name, int count, Value? factor, Buffer from, Index origin, long step, long to)
    {
        var lane = new LoopVariable(name);
        var source = new LoopVariable($"{name}.row");
        var element = new LoopVariable($"{name}.e");
        var inner = new LoopVariable($"{name}.s");
        int unroll = count % 8 == 0 ? 8 : 1;
        Index at = (Index)element + inner;
        Value value = new Broadcast(from, origin + ((Index)source * step) + at);
        if (factor is not null)
        {
            value = new Binary(BinaryOperation.Multiply, value, factor);
        }

        return
        [
            new Loop(lane, 0, block, 1, LoopKind.Serial,
            [
                new Let(source, IndexOperation.Minimum, lane, valid - 1),
                new Loop(element, 0, count, unroll, LoopKind.Serial,
                    [new Loop(inner, 0, unroll, 1, LoopKind.Unrolled, [new StoreFirst(KernelBuffers.Scratch, (at * block) + lane + to, value, 1)])]),
            ]),
        ];
    }

    private ImmutableArray<Statement> PackMask() => PacksMask && w.Mask is { } mask
        ? Pack("mi", w.Keys, null, Mask, ((Index)batch * mask.Batch) + ((Index)head * mask.Head) + ((Index)first * mask.Query), mask.Query, MaskAt)
        : [];

    private Value? MaskOf(Index key, Index column) => w.Mask switch
    {
        null => null,
        { Query: not 0 } => new Load(KernelBuffers.Scratch, (key * block) + column + MaskAt),
        { } mask => new Broadcast(Mask, ((Index)batch * mask.Batch) + ((Index)head * mask.Head) + key),
    };

    private ImmutableArray<Statement> Scores()
    {
        var maximum = new RegisterTile("max", vectors);
        var sum = new RegisterTile("sum", vectors);
        var product = new RowProduct(w.Keys, block, w.Size, target);
        var keys = new ProductOperand(K, Row(w.Key, w.Keys, w.Size), w.Key.Width, 1);
        var queries = new ProductOperand(KernelBuffers.Scratch, Index.Zero, 1, block);
        var body = ImmutableArray.CreateBuilder<Statement>();
        for (int v = 0; v < vectors; v++)
        {
            body.Add(new Assign(maximum, [v], new Constant(float.NegativeInfinity)));
            body.Add(new Assign(sum, [v], new Constant(0)));
        }

        // The product must hold all vectors of the block in one tile, otherwise the maximum of a tile's vector would not be known here.
        bool whole = product.ColumnTiles == 1;
        body.AddRange(product.All(keys, queries, (r, v, key, column) => Finish(product.Sums, r, v, key, column, whole ? maximum : null)));
        if (!whole)
        {
            body.AddRange(OverKeys("m", (key, v) => [new Assign(maximum, [v], new Binary(BinaryOperation.Maximum, Score(key, v), new Read(maximum, [v])))]));
        }

        var power = new RegisterTile("p", 1);
        body.AddRange(OverKeys("e", (key, v) =>
        [
            new Assign(power, [0], new Unary(UnaryOperation.Exponential, new Binary(BinaryOperation.Subtract, Score(key, v), new Read(maximum, [v])))),
            new Store(KernelBuffers.Scratch, ScoreAt(key, v), new Read(power, [0])),
            new Assign(sum, [v], new Binary(BinaryOperation.Add, new Read(sum, [v]), new Read(power, [0]))),
        ]));
        for (int v = 0; v < vectors; v++)
        {
            body.Add(
                new Store(KernelBuffers.Scratch, (Index)(SumsAt + (v * w.Lanes)), new Binary(BinaryOperation.Divide, new Constant(1), new Read(sum, [v]))));
        }

        return body.ToImmutable();
    }

    private IEnumerable<Statement> Finish(RegisterTile sums, int r, int v, Index key, Index column, RegisterTile? maximum)
    {
        ImmutableArray<Index> at = [r, v];
        if (MaskOf(key, column) is { } mask)
        {
            yield return new Assign(sums, at, new Binary(BinaryOperation.Add, new Read(sums, at), mask));
        }

        if (maximum is not null)
        {
            yield return new Assign(maximum, [v], new Binary(BinaryOperation.Maximum, new Read(sums, at), new Read(maximum, [v])));
        }

        yield return new Store(KernelBuffers.Scratch, (key * block) + column + ScoresAt, new Read(sums, at));
    }

    private ImmutableArray<Statement> OverKeys(string name, Func<Index, int, IEnumerable<Statement>> make)
    {
        var key = new LoopVariable(name);
        var step = new LoopVariable($"{name}.s");
        int unroll = w.Keys % 4 == 0 ? 4 : 1;
        return
        [
            new Loop(key, 0, w.Keys, unroll, LoopKind.Serial,
                [new Loop(step, 0, unroll, 1, LoopKind.Unrolled, [.. Enumerable.Range(0, vectors).SelectMany(v => make((Index)key + step, v))])]),
        ];
    }

    private Index ScoreAt(Index key, int vector) => (key * block) + (vector * w.Lanes) + ScoresAt;

    private Load Score(Index key, int vector) => new(KernelBuffers.Scratch, ScoreAt(key, vector));

    private ImmutableArray<Statement> Context()
    {
        var product = new RowProduct(valid, w.ValueSize, w.Keys, target);
        var powers = new ProductOperand(KernelBuffers.Scratch, (Index)ScoresAt, 1, block);
        var values = new ProductOperand(V, Row(w.Value, w.Keys, w.ValueSize), 1, w.Value.Width);
        int width = w.Heads * w.ValueSize;
        Index output = ((Index)batch * ((long)w.Queries * width)) + ((Index)head * w.ValueSize) + ((Index)first * width);
        return product.All(powers, values, (r, v, query, column) =>
            [new Store(Y, output + (query * width) + column, new Binary(
                BinaryOperation.Multiply, new Read(product.Sums, [r, v]), new Broadcast(KernelBuffers.Scratch, query + SumsAt)))]);
    }
}
