using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Rows;

/// <summary>
/// Operators on rows of dense memory: layer normalisation and softmax. Rows may have any length; the last partial vector is masked. Work units are
/// groups of rows. Buffers: 0 input, 1 factors, 2 summands (both only for the normalisation, padded to whole vectors), 3 output. A row's last vector is
/// read whole, so the input needs one vector of readable memory past its end.
/// </summary>
internal sealed class RowProgram
{
    private const int RowsPerUnit = 4;
    private const int Chains = 4;
    private static readonly Buffer X = new("x", 0);
    private static readonly Buffer Factors = new("gamma", 1);
    private static readonly Buffer Summands = new("beta", 2);
    private static readonly Buffer Y = new("y", 3);

    private readonly int rows;
    private readonly int columns;
    private readonly int lanes;
    private readonly LoopVariable row = new("row");
    private readonly RegisterTile sums = new("s", Chains);
    private readonly RegisterTile scratch = new("t", 2);
    private readonly ImmutableArray<Statement>.Builder body = ImmutableArray.CreateBuilder<Statement>();
    private int loops;

    private RowProgram(int rows, int columns, int lanes)
    {
        this.rows = rows;
        this.columns = columns;
        this.lanes = lanes;
    }

    /// <summary>y = (x - mean) / sqrt(variance + epsilon) * factor + summand, with mean and variance of each row.</summary>
    public static (LoopProgram Program, int Units) LayerNormalization(RowWorkload w)
    {
        (int rows, int columns, float epsilon, int lanes) = (w.Rows, w.Columns, w.Epsilon, w.Lanes);
        var t = new RowProgram(rows, columns, lanes);
        var mean = new RegisterTile("mean", 1);
        var inverse = new RegisterTile("inv", 1);
        var share = new Constant(1f / columns);
        t.Fold(ReductionOperation.Add, 0, (at, _) => new Load(X, at));
        t.body.Add(new Assign(mean, [0], new Binary(BinaryOperation.Multiply, new Reduction(ReductionOperation.Add, new Read(t.sums, [0])), share)));

        // The variance is summed from differences, not from squares: their difference would lose the digits that a mean far from zero takes up.
        Value Centred(Index at) => new Binary(BinaryOperation.Subtract, new Load(X, at), new Read(mean, [0]));
        t.Fold(ReductionOperation.Add, 0, (at, _) =>
        {
            t.body.Add(new Assign(t.scratch, [0], Centred(at)));
            var difference = new Read(t.scratch, [0]);
            return new Binary(BinaryOperation.Multiply, difference, difference);
        });
        Value variance = new MultiplyAdd(new Reduction(ReductionOperation.Add, new Read(t.sums, [0])), share, new Constant(epsilon));
        t.body.Add(new Assign(inverse, [0], new Binary(BinaryOperation.Divide, new Constant(1), new Unary(UnaryOperation.SquareRoot, variance))));
        t.Write((at, column) => new MultiplyAdd(
            new Binary(BinaryOperation.Multiply, Centred(at), new Read(inverse, [0])), new Load(Factors, column), new Load(Summands, column)));
        return t.Program($"layernorm {rows}x{columns}");
    }

    /// <summary>y = exp(x - max) / sum of exp(x - max) over each row.</summary>
    public static (LoopProgram Program, int Units) Softmax(RowWorkload w)
    {
        (int rows, int columns, int lanes) = (w.Rows, w.Columns, w.Lanes);
        var t = new RowProgram(rows, columns, lanes);
        var maximum = new RegisterTile("max", 1);
        var inverse = new RegisterTile("inv", 1);
        t.Fold(ReductionOperation.Maximum, float.NegativeInfinity, (at, _) => new Load(X, at));
        t.body.Add(new Assign(maximum, [0], new Reduction(ReductionOperation.Maximum, new Read(t.sums, [0]))));
        t.Fold(ReductionOperation.Add, 0, (at, count) =>
        {
            t.body.Add(new Assign(
                t.scratch, [0], new Unary(UnaryOperation.Exponential, new Binary(BinaryOperation.Subtract, new Load(X, at), new Read(maximum, [0])))));
            t.body.Add(t.StoreAt(at, new Read(t.scratch, [0]), count));
            return new Read(t.scratch, [0]);
        });
        Value total = new Reduction(ReductionOperation.Add, new Read(t.sums, [0]));
        t.body.Add(new Assign(inverse, [0], new Binary(BinaryOperation.Divide, new Constant(1), total)));
        t.Write((at, _) => new Binary(BinaryOperation.Multiply, new Load(Y, at), new Read(inverse, [0])));
        return t.Program($"softmax {rows}x{columns}");
    }

    /// <summary>
    /// Combines a row's vectors into the first sum, in several chains so that latencies overlap. Lanes past the row hold the neutral element.
    /// </summary>
    private void Fold(ReductionOperation operation, float neutral, Func<Index, int, Value> value)
    {
        for (int i = 0; i < Chains; i++)
        {
            body.Add(new Assign(sums, [i], new Constant(neutral)));
        }

        Visit((at, _, chain, count) =>
        {
            Value next = value(at, count);
            body.Add(Combine(chain, count == lanes ? next : new FirstLanes(count, next, neutral)));
        });
        for (int i = 1; i < Chains; i++)
        {
            body.Add(Combine(0, new Read(sums, [i])));
        }

        Assign Combine(int chain, Value next)
        {
            var sum = new Read(sums, [chain]);
            return new Assign(sums, [chain], new Binary(operation == ReductionOperation.Add ? BinaryOperation.Add : BinaryOperation.Maximum, sum, next));
        }
    }

    private void Write(Func<Index, Index, Value> value) => Visit((at, column, _, count) => body.Add(StoreAt(at, value(at, column), count)));

    private Statement StoreAt(Index at, Value value, int count) => count == lanes ? new Store(Y, at, value) : new StoreFirst(Y, at, value, count);

    /// <summary>Calls back for groups of whole vectors inside a loop, for the whole vectors left over, and for the partial one.</summary>
    private void Visit(Action<Index, Index, int, int> make)
    {
        Index start = (Index)row * columns;
        int whole = columns / lanes;
        int grouped = whole / Chains * Chains;
        var vector = new LoopVariable($"v{loops++}");
        if (grouped > 0)
        {
            ImmutableArray<Statement> before = body.ToImmutable();
            body.Clear();
            for (int chain = 0; chain < Chains; chain++)
            {
                Index column = (Index)vector + (chain * lanes);
                make(start + column, column, chain, lanes);
            }

            var loop = new Loop(vector, 0, grouped * lanes, Chains * lanes, LoopKind.Serial, body.ToImmutable());
            body.Clear();
            body.AddRange(before);
            body.Add(loop);
        }

        for (int i = grouped; i < whole; i++)
        {
            make(start + (i * lanes), i * lanes, i - grouped, lanes);
        }

        if (columns % lanes > 0)
        {
            make(start + (whole * lanes), whole * lanes, Chains - 1, columns % lanes);
        }
    }

    private (LoopProgram Program, int Units) Program(string name)
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var unit = new LoopVariable("u");
        var limit = new LoopVariable("limit");
        ImmutableArray<Statement> perUnit =
        [
            new Let(limit, IndexOperation.Minimum, ((Index)unit * RowsPerUnit) + RowsPerUnit, rows),
            new Loop(row, (Index)unit * RowsPerUnit, limit, 1, LoopKind.Serial, body.ToImmutable()),
        ];
        ImmutableArray<Buffer> buffers = [X, Factors, Summands, Y];
        return (
            new LoopProgram(name, lanes, buffers, begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, perUnit)]),
            (rows + RowsPerUnit - 1) / RowsPerUnit);
    }
}
