using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Recurrent;

/// <content>What happens to the sums of a step.</content>
internal sealed partial class RecurrentProgram
{
    // The gate of a GRU that proposes a new state, and the gates of an LSTM.
    private const int Candidate = 2;
    private const int Input = 0;
    private const int Output = 1;
    private const int Forget = 2;
    private const int Cell = 3;

    private readonly RegisterTile values = new("g", 5);
    private readonly RegisterTile scratch = new("f", 1);

    /// <summary>The functions of so many sequences, vector by vector; of the last vector only the hidden units that are there are given away.</summary>
    private IEnumerable<Statement> Finish(Index row, int rows, int vectors, int units)
    {
        var r = new LoopVariable("r");
        var column = new LoopVariable("c");
        int whole = units / w.Lanes * w.Lanes;
        var body = ImmutableArray.CreateBuilder<Statement>();
        if (whole > 0)
        {
            body.Add(new Loop(column, 0, whole, w.Lanes, LoopKind.Serial, Functions(row + r, r, rows, vectors, column, w.Lanes)));
        }

        if (whole < units)
        {
            body.AddRange(Functions(row + r, r, rows, vectors, whole, units - whole));
        }

        return [new Loop(r, 0, rows, 1, LoopKind.Serial, body.ToImmutable())];
    }

    private ImmutableArray<Statement> Functions(Index row, Index tileRow, int rows, int vectors, Index column, int count)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        Index state = StateRow(row) + FirstUnit + column;
        Read Sum(int gate) => Keep(body, gate, new Load(Scratch, (((Index)(gate * rows) + tileRow) * (vectors * w.Lanes)) + column));
        Read Applied(int at, Value value, Epilogue function)
        {
            Read kept = Keep(body, at, value);
            Activations.Append(body, values, [at], function, scratch);
            return kept;
        }

        switch (w.Kind)
        {
            case RecurrentKind.Plain:
                Give(body, row, column, state, Applied(0, Sum(0), w.Gate), count);
                break;
            case RecurrentKind.Long:
                Read input = Applied(Input, Sum(Input), w.Gate);
                Read forget = Applied(Forget, Sum(Forget), w.Gate);
                Read candidate = Applied(Cell, Sum(Cell), w.Candidate);
                Index cell = state + tiles.CellsAt;
                Value proposed = Multiply(input, candidate);
                Read next = Keep(body, 4, new MultiplyAdd(forget, new Load(State, cell), proposed));
                body.Add(new Store(State, cell, next));
                Activations.Append(body, values, [4], w.Cell, scratch);
                Read output = Applied(Output, Sum(Output), w.Gate);
                Give(body, row, column, state, Multiply(output, next), count);
                break;
            case RecurrentKind.ResetBehind:
                Read update = Applied(0, Sum(0), w.Gate);
                Read reset = Applied(1, Sum(1), w.Gate);
                Read proposal = Applied(2, new MultiplyAdd(reset, Sum(2), InputSum(Candidate, row, column)), w.Candidate);
                Give(body, row, column, state, Mixed(update, new Load(State, state + Before), proposal), count);
                break;
            case RecurrentKind.ResetBefore when !IsSecond:
                body.Add(new Store(State, state + tiles.CellsAt, Applied(0, Sum(0), w.Gate)));
                body.Add(new Store(State, state + tiles.ScaledAt, Multiply(Applied(1, Sum(1), w.Gate), new Load(State, state + Before))));
                break;
            default:
                Read fresh = Applied(0, Sum(0), w.Candidate);
                Read kept = Keep(body, 1, new Load(State, state + tiles.CellsAt));
                Give(body, row, column, state, Mixed(kept, new Load(State, state + Before), fresh), count);
                break;
        }

        return body.ToImmutable();
    }

    /// <summary>(1 - update) proposal + update state.</summary>
    private static MultiplyAdd Mixed(Value update, Value state, Value proposal) =>
        new(new Binary(BinaryOperation.Subtract, new Constant(1), update), proposal, Multiply(update, state));

    private static Binary Multiply(Value a, Value b) => new(BinaryOperation.Multiply, a, b);

    private Read Keep(ImmutableArray<Statement>.Builder body, int at, Value value)
    {
        var read = new Read(values, [at]);
        if (value is not Read { Tile: var tile, Subscripts: [{ IsConstant: true } subscript] } || tile != values || subscript.Constant != at)
        {
            body.Add(new Assign(values, [at], value));
        }

        return read;
    }

    /// <summary>The new state: to where the next step looks for it, and to whoever reads the states of all steps.</summary>
    private void Give(ImmutableArray<Statement>.Builder body, Index row, Index column, Index state, Value value, int count)
    {
        Read kept = Keep(body, 0, value);
        body.Add(new Store(State, state + Behind, kept));
        if (!w.WritesAll)
        {
            return;
        }

        Index line = w.IsBatchFirst
            ? (((row * w.Steps) + time) * w.Directions) + direction
            : (((Index)time * w.Directions) + direction) * w.Batch + row;
        Index at = (line * w.Hidden) + FirstUnit + column;
        body.Add(count == w.Lanes ? new Store(Y, at, kept) : new StoreFirst(Y, at, kept, count));
    }
}
