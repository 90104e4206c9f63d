using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Recurrent;

/// <summary>
/// The steps of a recurrent layer. A work unit is a block of hidden units of one strand at one step: the sums of all its gates, begun with the products of
/// the inputs, go through registers to scratch, and from there through the functions into the next state. Rounds are steps, so that whoever runs them decides
/// whether threads share a step or one thread goes through all of them. Buffers: 0 products of the inputs, 1 packed weights
/// (<see cref="RecurrentTiles.Pack"/>), 4 states of all steps; the shared workspace holds the states (<see cref="RecurrentTiles.StateAt"/>).
/// </summary>
internal sealed partial class RecurrentProgram
{
    private const int Unroll = 4;
    private static readonly Buffer X = KernelBuffers.X;
    private static readonly Buffer Weights = KernelBuffers.W;
    private static readonly Buffer Y = KernelBuffers.Y;
    private static readonly Buffer State = KernelBuffers.Shared;
    private static readonly Buffer Scratch = KernelBuffers.Scratch;

    private readonly RecurrentWorkload w;
    private readonly RecurrentTiles tiles;
    private readonly RecurrentPart part;
    private readonly long inputRow;
    private readonly LoopVariable direction = new("d");
    private readonly LoopVariable batch = new("n");
    private readonly LoopVariable block = new("block");
    private readonly LoopVariable time = new("t");
    private readonly LoopVariable turn = new("turn");

    private RecurrentProgram(RecurrentWorkload w, RecurrentTiles tiles, RecurrentPart part, long inputRow)
    {
        this.w = w;
        this.tiles = tiles;
        this.part = part;
        this.inputRow = inputRow;
    }

    private bool IsSecond => part.First > 0;

    private Index FirstUnit => (Index)block * (part.Vectors * w.Lanes);

    public static KernelSource Build(RecurrentWorkload workload, KernelSignature signature, KernelTarget target)
    {
        var cut = RecurrentTiles.Of(workload, target);
        ImmutableArray<(LoopProgram, int)> phases =
        [
            .. cut.Parts.Select(part => (
                new RecurrentProgram(workload, cut, part, signature.Input.Pixel).Program(), workload.Steps * workload.Strands * part.Blocks)),
        ];
        return new KernelSource(phases, cut.SharedFloats, cut.Parts.Max(part => (long)part.Count * part.Rows * part.Vectors * workload.Lanes))
        {
            Rounds = workload.Steps,
        };
    }

    private LoopProgram Program()
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var unit = new LoopVariable("u");
        var step = new LoopVariable("step");
        var rest = new LoopVariable("rest");
        var strand = new LoopVariable("strand");
        int last = tiles.Vectors - ((part.Blocks - 1) * part.Vectors);
        int lastUnits = w.Hidden - ((part.Blocks - 1) * part.Vectors * w.Lanes);
        ImmutableArray<Statement> body =
        [
            new Let(step, IndexOperation.Divide, unit, w.Strands * part.Blocks),
            new Let(rest, IndexOperation.Remainder, unit, w.Strands * part.Blocks),
            new Let(strand, IndexOperation.Divide, rest, part.Blocks),
            new Let(direction, IndexOperation.Divide, strand, w.Parts),
            new Let(batch, IndexOperation.Remainder, strand, w.Parts),
            new Let(block, IndexOperation.Remainder, rest, part.Blocks),
            new Let(turn, IndexOperation.Remainder, step, 2),
            Time(step),
            .. part.Blocks > 1 && lastUnits < part.Vectors * w.Lanes
                ? [new When(block, Comparison.Less, part.Blocks - 1, Block(part.Vectors, part.Vectors * w.Lanes), Block(last, lastUnits))]
                : Block(part.Vectors, lastUnits),
        ];
        string name = tiles.Parts.Length > 1 ? $"{w.Title}, gates from {part.First} on" : w.Title;
        ImmutableArray<Buffer> buffers = [X, Weights, KernelBuffers.Bias, KernelBuffers.Residual, Y, State, Scratch];
        return new LoopProgram(name, w.Lanes, buffers, begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, body)]);
    }

    /// <summary>The step of the sequence: those that go backwards begin with the last one.</summary>
    private Let Time(LoopVariable step)
    {
        Index back = (Index)(w.Steps - 1) - step;
        if (w.Directions == 1)
        {
            return new Let(time, IndexOperation.Maximum, w.IsReverse ? back : step, 0);
        }

        // Of the two only one is not negative: the step for direction 0, its mirror image for direction 1.
        return new Let(time, IndexOperation.Maximum, (Index)step - ((Index)direction * w.Steps), back + ((Index)direction * w.Steps) - w.Steps);
    }

    /// <summary>All sequences of a part for one block of so many vectors, of which so many hidden units are there.</summary>
    private ImmutableArray<Statement> Block(int vectors, int units)
    {
        int whole = w.Rows / part.Rows * part.Rows;
        int rest = w.Rows - whole;
        var tile = new LoopVariable("row");
        Index first = (Index)batch * w.Rows;
        Index row = first + tile;
        var body = ImmutableArray.CreateBuilder<Statement>();
        body.Add(new Loop(tile, 0, whole, part.Rows, LoopKind.Serial, [.. Product(row, part.Rows, vectors), .. Finish(row, part.Rows, vectors, units)]));
        if (rest > 0)
        {
            body.AddRange(Product(first + whole, rest, vectors));
            body.AddRange(Finish(first + whole, rest, vectors, units));
        }

        return body.ToImmutable();
    }

    private IEnumerable<Statement> Product(Index row, int rows, int vectors)
    {
        var sums = new RegisterTile("acc", part.Count, rows, vectors);
        var body = ImmutableArray.CreateBuilder<Statement>();
        for (int gate = 0; gate < part.Count; gate++)
        {
            for (int r = 0; r < rows; r++)
            {
                for (int v = 0; v < vectors; v++)
                {
                    body.Add(new Assign(sums, [gate, r, v], Start(gate, row + r, v * w.Lanes)));
                }
            }
        }

        int unrolled = w.Hidden / Unroll * Unroll;
        var k = new LoopVariable("k");
        var inner = new LoopVariable("s");
        body.Add(new Loop(
            k, 0, unrolled, Unroll, LoopKind.Serial, [new Loop(inner, 0, Unroll, 1, LoopKind.Unrolled, Update((Index)k + inner, row, rows, vectors, sums))]));
        var left = new LoopVariable("k1");
        body.Add(new Loop(left, unrolled, w.Hidden, 1, LoopKind.Unrolled, Update(left, row, rows, vectors, sums)));
        for (int gate = 0; gate < part.Count; gate++)
        {
            for (int r = 0; r < rows; r++)
            {
                for (int v = 0; v < vectors; v++)
                {
                    body.Add(new Store(Scratch, ((((gate * rows) + r) * vectors) + v) * w.Lanes, new Read(sums, [gate, r, v])));
                }
            }
        }

        return body;
    }

    /// <summary>What a sum begins with: the product of the input, which a reset behind the product must not scale.</summary>
    private Value Start(int gate, Index row, Index column) => w.Kind == RecurrentKind.ResetBehind && gate == Candidate
        ? new Load(Weights, (Index)tiles.BiasAt + ((Index)direction * tiles.Width) + FirstUnit + column)
        : InputSum(part.First + gate, row, column);

    private Load InputSum(int gate, Index row, Index column)
    {
        Index line = w.IsBatchFirst ? (row * w.Steps) + time : ((Index)time * w.Batch) + row;
        return new Load(X, (line * inputRow) + ((Index)direction * (w.Gates * w.Hidden)) + (gate * w.Hidden) + FirstUnit + column);
    }

    private ImmutableArray<Statement> Update(Index k, Index row, int rows, int vectors, RegisterTile sums)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        var states = new RegisterTile("h", rows);
        var held = new RegisterTile("w", 1);
        for (int r = 0; r < rows; r++)
        {
            body.Add(new Assign(states, [r], new Broadcast(State, (IsSecond ? tiles.ScaledAt : Before) + StateRow(row + r) + k)));
        }

        Index at = (Index)part.WeightsAt + ((Index)direction * ((long)w.Hidden * part.Count * tiles.Width)) + (FirstUnit * ((long)part.Count * w.Hidden))
            + (k * (part.Count * vectors * w.Lanes));
        for (int gate = 0; gate < part.Count; gate++)
        {
            for (int v = 0; v < vectors; v++)
            {
                Value weight = new Load(Weights, at + (((gate * vectors) + v) * w.Lanes));
                if (rows > 1)
                {
                    body.Add(new Assign(held, [0], weight));
                    weight = new Read(held, [0]);
                }

                for (int r = 0; r < rows; r++)
                {
                    body.Add(new Assign(sums, [gate, r, v], new MultiplyAdd(new Read(states, [r]), weight, new Read(sums, [gate, r, v]))));
                }
            }
        }

        return body.ToImmutable();
    }

    // Where the states before and behind this step lie: the two take turns.
    private Index Before => (Index)turn * tiles.StateFloats;

    private Index Behind => (Index)tiles.StateFloats - Before;

    private Index StateRow(Index row) => (((Index)direction * w.Batch) + row) * tiles.Width;
}
