using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates;

/// <summary>One operand of a product: element (i, k) lies at Offset + i Step + k DepthStep.</summary>
/// <param name="Buffer">Buffer.</param>
/// <param name="Offset">Offset of the first element.</param>
/// <param name="Step">Step between rows of the left operand; the right operand's columns are consecutive, so its step is 1.</param>
/// <param name="DepthStep">Step along the axis that is summed over.</param>
internal sealed record ProductOperand(Buffer Buffer, Index Offset, long Step, long DepthStep);

/// <summary>
/// Sums c[row, column] = sum_k a[row, k] b[k, column] in a register tile: a is broadcast, b is loaded as vectors. Operands lie anywhere with constant
/// steps, nothing is packed. Tiles that do not fit are moved back and overlap, so results must be written in a way that allows writing them twice.
/// </summary>
/// <param name="rows">Rows of c.</param>
/// <param name="columns">Columns of c; fewer than the lanes need a right operand that can be read past its end.</param>
/// <param name="depth">Extent that is summed over.</param>
/// <param name="target">Target.</param>
internal sealed class RowProduct(int rows, int columns, int depth, KernelTarget target)
{
    private const int Unroll = 4;

    private readonly int lanes = target.Lanes;
    private readonly (int Rows, int Vectors) tile = Choose(rows, columns, target);

    /// <summary>Rows of the register tile.</summary>
    public int TileRows => tile.Rows;

    /// <summary>Vectors of the register tile.</summary>
    public int TileVectors => tile.Vectors;

    /// <summary>Tiles over the rows.</summary>
    public int RowTiles => (rows + TileRows - 1) / TileRows;

    /// <summary>Tiles over the columns.</summary>
    public int ColumnTiles => (columns + (TileVectors * lanes) - 1) / (TileVectors * lanes);

    /// <summary>Registers that hold the sums.</summary>
    public RegisterTile Sums { get; } = new("acc", 32, 32);

    /// <summary>All tiles, columns outside.</summary>
    /// <param name="a">Left operand.</param>
    /// <param name="b">Right operand.</param>
    /// <param name="finish">Statements for sum (r, v) of the tile, given its row and its first column.</param>
    public ImmutableArray<Statement> All(ProductOperand a, ProductOperand b, Func<int, int, Index, Index, IEnumerable<Statement>> finish)
    {
        var column = new LoopVariable("ct");
        return [new Loop(column, 0, ColumnTiles, 1, LoopKind.Serial, OverRows(column, 0, RowTiles, a, b, finish))];
    }

    /// <summary>The row tiles of a range, for one tile of columns.</summary>
    public ImmutableArray<Statement> OverRows(
        LoopVariable columnTile, Index begin, Index end, ProductOperand a, ProductOperand b, Func<int, int, Index, Index, IEnumerable<Statement>> finish)
    {
        var rowTile = new LoopVariable("rt");
        var row = new LoopVariable("row");
        var column = new LoopVariable("col");
        return
        [
            new Let(column, IndexOperation.Minimum, (Index)columnTile * (TileVectors * lanes), Math.Max(0, columns - (TileVectors * lanes))),
            new Loop(rowTile, begin, end, 1, LoopKind.Serial,
            [
                new Let(row, IndexOperation.Minimum, (Index)rowTile * TileRows, rows - TileRows),
                .. OneTile(row, column, a, b, finish),
            ]),
        ];
    }

    private ImmutableArray<Statement> OneTile(
        LoopVariable row, LoopVariable column, ProductOperand a, ProductOperand b, Func<int, int, Index, Index, IEnumerable<Statement>> finish)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        ForEach((r, v) => body.Add(new Assign(Sums, [r, v], new Constant(0))));
        int whole = depth / Unroll * Unroll;
        var k = new LoopVariable("k");
        var step = new LoopVariable("s");
        body.Add(new Loop(k, 0, whole, Unroll, LoopKind.Serial, [new Loop(step, 0, Unroll, 1, LoopKind.Unrolled, Update((Index)k + step, row, column, a, b))]));
        var rest = new LoopVariable("k1");
        body.Add(new Loop(rest, whole, depth, 1, LoopKind.Unrolled, Update(rest, row, column, a, b)));
        ForEach((r, v) => body.AddRange(finish(r, v, (Index)row + r, (Index)column + (v * lanes))));
        return body.ToImmutable();
    }

    private ImmutableArray<Statement> Update(Index k, LoopVariable row, LoopVariable column, ProductOperand a, ProductOperand b)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        var held = new RegisterTile("b", TileVectors);
        var broadcast = new RegisterTile("a", 1);
        for (int v = 0; v < TileVectors; v++)
        {
            body.Add(new Assign(held, [v], new Load(b.Buffer, b.Offset + column + (v * lanes) + (k * b.DepthStep))));
        }

        for (int r = 0; r < TileRows; r++)
        {
            Value left = new Broadcast(a.Buffer, a.Offset + (((Index)row + r) * a.Step) + (k * a.DepthStep));
            if (TileVectors > 1)
            {
                body.Add(new Assign(broadcast, [0], left));
                left = new Read(broadcast, [0]);
            }

            for (int v = 0; v < TileVectors; v++)
            {
                body.Add(new Assign(Sums, [r, v], new MultiplyAdd(left, new Read(held, [v]), new Read(Sums, [r, v]))));
            }
        }

        return body.ToImmutable();
    }

    private void ForEach(Action<int, int> make)
    {
        for (int r = 0; r < TileRows; r++)
        {
            for (int v = 0; v < TileVectors; v++)
            {
                make(r, v);
            }
        }
    }

    /// <summary>
    /// The register tile with the least estimated time: two multiply-adds per cycle, at least ten of them to hide their latency, loads of the right operand
    /// dearer than broadcasts since its rows may be far apart and share few sets of the first-level cache, and what overlapping edge tiles compute twice.
    /// </summary>
    private static (int Rows, int Vectors) Choose(int rowCount, int columnCount, KernelTarget target)
    {
        int registers = target.Registers;
        (double Cost, int Rows, int Vectors) best = (double.PositiveInfinity, 1, 1);
        for (int vectors = 1; vectors <= Math.Max(1, Math.Min(columnCount / target.Lanes, registers / 2)); vectors++)
        {
            for (int rows = 1; rows <= Math.Min(rowCount, registers) && (rows * vectors) + vectors + 1 <= registers - 1; rows++)
            {
                double tiles = Math.Ceiling((double)rowCount / rows) * Math.Ceiling((double)columnCount / (vectors * target.Lanes));
                double cost = tiles * (Math.Max(10, rows * vectors) + (0.4 * rows) + (0.8 * vectors));
                if (cost < best.Cost)
                {
                    best = (cost, rows, vectors);
                }
            }
        }

        return (best.Rows, best.Vectors);
    }
}
