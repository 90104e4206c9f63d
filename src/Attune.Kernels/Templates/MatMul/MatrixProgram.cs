using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.MatMul;

/// <summary>
/// Products of two activations, in batches. Right operands are read where they lie. Buffers: 0 left, 1 right, 2 output; operands need one vector of
/// readable memory past their end when a row is shorter than a vector.
/// </summary>
internal static class MatrixProgram
{
    private const int WantedUnits = 16;
    private static readonly Buffer A = new("a", 0);
    private static readonly Buffer B = new("b", 1);
    private static readonly Buffer Y = new("y", 2);

    public static (LoopProgram Program, int Units) Build(MatrixWorkload w, KernelTarget target)
    {
        var product = new RowProduct(w.Rows, w.Columns, w.Depth, target);
        int pairs = w.Offsets.Count * product.ColumnTiles;
        int groups = Math.Clamp((WantedUnits + pairs - 1) / pairs, 1, product.RowTiles);
        int perGroup = (product.RowTiles + groups - 1) / groups;
        groups = (product.RowTiles + perGroup - 1) / perGroup;
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var unit = new LoopVariable("u");
        var rest = new LoopVariable("rest");
        var group = new LoopVariable("group");
        var column = new LoopVariable("ct");
        var batch = new LoopVariable("batch");
        var outer = new LoopVariable("outer");
        var inner = new LoopVariable("inner");
        var last = new LoopVariable("last");
        Index Matrix(int outerStep, int innerStep, long size) => ((Index)outer * (outerStep * size)) + ((Index)inner * (innerStep * size));
        var left = new ProductOperand(A, Matrix(w.Offsets.LeftOuter, w.Offsets.LeftInner, (long)w.Rows * w.Depth), w.Depth, 1);
        var right = new ProductOperand(B, Matrix(w.Offsets.RightOuter, w.Offsets.RightInner, (long)w.Depth * w.Columns), 1, w.Columns);
        IEnumerable<Statement> Finish(int r, int v, Index row, Index first)
        {
            Index at = ((Index)batch * ((long)w.Rows * w.Columns)) + (row * w.Columns) + first;
            var sum = new Read(product.Sums, [r, v]);
            yield return w.Columns < w.Lanes ? new StoreFirst(Y, at, sum, w.Columns) : new Store(Y, at, sum);
        }

        ImmutableArray<Statement> body =
        [
            new Let(group, IndexOperation.Remainder, unit, groups),
            new Let(rest, IndexOperation.Divide, unit, groups),
            new Let(column, IndexOperation.Remainder, rest, product.ColumnTiles),
            new Let(batch, IndexOperation.Divide, rest, product.ColumnTiles),
            new Let(inner, IndexOperation.Remainder, batch, w.Offsets.Inner),
            new Let(outer, IndexOperation.Divide, batch, w.Offsets.Inner),
            new Let(last, IndexOperation.Minimum, ((Index)group * perGroup) + perGroup, product.RowTiles),
            .. product.OverRows(column, (Index)group * perGroup, last, left, right, Finish),
        ];
        ImmutableArray<Buffer> buffers = [A, B, Y];
        return (new LoopProgram(w.Title, w.Lanes, buffers, begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, body)]), pairs * groups);
    }
}
