using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu.Staged;

/// <summary>
/// A matrix product of one group: result[row, column] = sum over depth of left[row, depth] right[column, depth]. Step by step the lanes bring pieces of both
/// operands into the group's memory and sum over them, each for a few rows and columns in registers. With several slices a lane sums over a part of each piece
/// only, and the sums of the slices are added at the end: more lanes for small results.
/// </summary>
internal sealed class StagedProduct
{
    private readonly StagedShape shape;
    private readonly StagedAxis rows;
    private readonly StagedAxis columns;
    private readonly StagedFetch left;
    private readonly StagedFetch right;
    private readonly int steps;
    private readonly Buffer memory;
    private readonly RegisterTile sums;
    private readonly RegisterTile a;
    private readonly RegisterTile b;
    private readonly LoopVariable x = new("tx");
    private readonly LoopVariable y = new("ty");
    private readonly LoopVariable slice = new("tz");

    /// <summary>A product.</summary>
    /// <param name="shape">What lanes compute.</param>
    /// <param name="rows">Rows, and the left operand.</param>
    /// <param name="columns">Columns, and the right operand.</param>
    /// <param name="depth">Length of the axis summed over.</param>
    public StagedProduct(StagedShape shape, (StagedAxis Axis, StagedOperand Operand) rows, (StagedAxis Axis, StagedOperand Operand) columns, int depth)
    {
        this.shape = shape;
        (this.rows, this.columns) = (rows.Axis, columns.Axis);
        Index lane = ((Index)slice * shape.SliceLanes) + ((Index)y * shape.Columns.Lanes) + x;
        left = new StagedFetch(rows.Operand, rows.Axis, depth, shape, lane, isLeft: true);
        right = new StagedFetch(columns.Operand, columns.Axis, depth, shape, lane, isLeft: false);
        steps = (depth + shape.StepDepth - 1) / shape.StepDepth;
        memory = new Buffer("pieces", -1) { Scope = MemoryScope.Group, Extent = checked((int)shape.MemoryFloats) };
        sums = new RegisterTile("acc", shape.Rows.Each, shape.Columns.Each);
        a = new RegisterTile("a", shape.Rows.Each);
        b = new RegisterTile("b", shape.Columns.Each);
    }

    /// <summary>What is done with a finished sum, or with several columns of a row that follow each other.</summary>
    /// <param name="sums">The sums of a lane.</param>
    /// <param name="at">Which of them; the first one of several.</param>
    /// <param name="row">Its row.</param>
    public delegate ImmutableArray<Statement> Finish(RegisterTile sums, ImmutableArray<Index> at, Index row);

    /// <summary>Memory that the lanes share.</summary>
    public ImmutableArray<Buffer> GroupMemory => [memory];

    /// <summary>The loops over lanes.</summary>
    /// <param name="finish">For a column: what is bound for it, and what is done with its sums; asked once for each column of a lane.</param>
    /// <param name="together">Columns that are finished together, each time from the first one on: divides those of a lane that lie beside each other.</param>
    public Statement Lanes(Func<Index, (ImmutableArray<Statement> Bindings, Finish Finish)> finish, int together = 1)
    {
        ImmutableArray<Statement> ends = Ends(finish, together);
        ImmutableArray<Statement> body =
        [
            .. left.Before(),
            .. right.Before(),
            .. ForSums(at => [new Assign(sums, at, new Constant(0))]),
            .. shape.IsAhead ? StepsAhead() : Steps(),
            .. shape.Slices == 1 ? ends : Joined(ends),
        ];
        return Bound(slice, shape.Slices, 2, [Bound(y, shape.Rows.Lanes, 1, [Bound(x, shape.Columns.Lanes, 0, body)])]);
    }

    private static Loop Bound(LoopVariable variable, int extent, int axis, ImmutableArray<Statement> body) =>
        new(variable, 0, extent, 1, LoopKind.Lane, body, axis);

    private ImmutableArray<Statement> Steps()
    {
        var step = new LoopVariable("step");
        Index begin = (Index)step * shape.StepDepth;
        ImmutableArray<Statement> body =
            [new GroupBarrier(), .. left.Bring(begin, Left(0)), .. right.Bring(begin, Right(0)), new GroupBarrier(), .. Products(0)];
        return [new Loop(step, 0, steps, 1, LoopKind.Serial, body)];
    }

    // Two halves of memory take turns, so that one wait a step is enough.
    private ImmutableArray<Statement> StepsAhead()
    {
        var (step, half, other) = (new LoopVariable("step"), new LoopVariable("half"), new LoopVariable("other"));
        Index next = ((Index)step * shape.StepDepth) + shape.StepDepth;
        Index to = (Index)other * shape.PieceFloats;
        ImmutableArray<Statement> body =
        [
            new Let(half, IndexOperation.Remainder, step, 2),
            new Let(other, IndexOperation.Remainder, (Index)step + 1, 2),
            .. UnlessLast(step, [.. left.Take(next), .. right.Take(next)]),
            .. Products((Index)half * shape.PieceFloats),
            .. UnlessLast(step, [.. left.Put(Left(to)), .. right.Put(Right(to))]),
            new GroupBarrier(),
        ];
        return [.. left.Bring(0, Left(0)), .. right.Bring(0, Right(0)), new GroupBarrier(), new Loop(step, 0, steps, 1, LoopKind.Serial, body)];
    }

    private ImmutableArray<Statement> UnlessLast(LoopVariable step, ImmutableArray<Statement> body) =>
        [new When(step, Comparison.Less, steps - 1, body, [])];

    private ImmutableArray<Statement> Products(Index piece)
    {
        var k = new LoopVariable("k");
        Index deep = ((Index)slice * shape.Depth) + k;
        ImmutableArray<Statement> body =
        [
            .. Loads(a, Left(piece).Offset + (deep * shape.LeftPitch), shape.Rows, y, shape.HasRowFours),
            .. Loads(b, Right(piece).Offset + (deep * shape.RightPitch), shape.Columns, x, shape.HasColumnFours),
            .. ForSums(at => [new Assign(sums, at, new MultiplyAdd(new Read(a, [at[0]]), new Read(b, [at[1]]), new Read(sums, at)))]),
        ];
        LoopKind kind = (long)shape.Sums * shape.Depth > shape.Unroll ? LoopKind.Serial : shape.IsExplicit ? LoopKind.Unrolled : LoopKind.Hinted;
        return [new Loop(k, 0, shape.Depth, 1, kind, body)];
    }

    private IEnumerable<Statement> Loads(RegisterTile tile, Index line, LaneSplit split, Index lane, bool hasFours) =>
        hasFours
            ? Enumerable.Range(0, split.Each / Four.Width).Select(four => four * Four.Width)
                .Select(first => new LoadFour(tile, [first], memory, line + split.Place(lane, first)))
            : Enumerable.Range(0, split.Each).Select(each => new Assign(tile, [each], new Load(memory, line + split.Place(lane, each))));

    /// <summary>All slices but the first leave their sums to it.</summary>
    private ImmutableArray<Statement> Joined(ImmutableArray<Statement> ends)
    {
        var other = new LoopVariable("other");
        Index Place(Index from, ImmutableArray<Index> at) =>
            (from * ((long)shape.Sums * shape.SliceLanes)) + (((at[0] * shape.Columns.Each) + at[1]) * shape.SliceLanes)
            + ((Index)y * shape.Columns.Lanes) + x;
        ImmutableArray<Statement> leave = ForSums(at => [new Store(memory, Place((Index)slice - 1, at), new Read(sums, at))]);
        ImmutableArray<Statement> add =
            ForSums(at => [new Assign(sums, at, new Binary(BinaryOperation.Add, new Read(sums, at), new Load(memory, Place(other, at))))]);
        return
        [
            new GroupBarrier(),
            new When(0, Comparison.Less, slice, leave, []),
            new GroupBarrier(),
            new When(slice, Comparison.Equal, 0, [new Loop(other, 0, shape.Slices - 1, 1, LoopKind.Serial, add), .. ends], []),
        ];
    }

    private ImmutableArray<Statement> Ends(Func<Index, (ImmutableArray<Statement> Bindings, Finish Finish)> finish, int together)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        for (int c = 0; c < shape.Columns.Each; c += together)
        {
            Index column = shape.Columns.Place(x, c);
            (ImmutableArray<Statement> bindings, Finish end) = finish(columns.Origin + column);
            var whole = bindings.ToBuilder();
            for (int r = 0; r < shape.Rows.Each; r++)
            {
                Index row = shape.Rows.Place(y, r);
                whole.AddRange(rows.Inside(row, end(sums, [r, c], rows.Origin + row)));
            }

            body.AddRange(columns.Inside(column, whole.ToImmutable()));
        }

        return body.ToImmutable();
    }

    private ImmutableArray<Statement> ForSums(Func<ImmutableArray<Index>, ImmutableArray<Statement>> make) =>
    [
        .. from r in Enumerable.Range(0, shape.Rows.Each)
           from c in Enumerable.Range(0, shape.Columns.Each)
           from statement in make([r, c])
           select statement,
    ];

    private (Buffer Buffer, Index Offset) Left(Index piece) => (memory, piece);

    private (Buffer Buffer, Index Offset) Right(Index piece) => (memory, piece + (shape.StepDepth * shape.LeftPitch));
}
