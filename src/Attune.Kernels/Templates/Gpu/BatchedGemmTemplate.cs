using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Gpu.Staged;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>Products of two activations on devices of groups and lanes; not searched: the shape of a group is the one of the lowest rough cost.</summary>
internal sealed class BatchedGemmTemplate : ITemplate
{
    private static readonly Buffer A = new("a", 0);
    private static readonly Buffer B = new("b", 1);
    private static readonly Buffer Y = new("y", 2);

    public string Name => "gpu-matmul";

    public int Version => 2;

    public bool Applies(Workload workload, KernelTarget target) => target.Groups is not null && workload is MatrixWorkload { Lanes: 1 };

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of((Program((MatrixWorkload)workload, target.Groups!), 1));

    private static LoopProgram Program(MatrixWorkload w, GroupLimits limits)
    {
        GemmPlan plan = PlanOf(w, limits);
        StagedShape shape = plan.Shape;
        var (pair, outer, inner) = (new LoopVariable("bz"), new LoopVariable("outer"), new LoopVariable("inner"));
        var (by, bx) = (new LoopVariable("by"), new LoopVariable("bx"));
        var rows = new StagedAxis(shape.Rows, (Index)by * shape.Rows.Tile, w.Rows);
        var columns = new StagedAxis(shape.Columns, (Index)bx * shape.Columns.Tile, w.Columns);
        Index Matrix(int outerStep, int innerStep, long size) => ((Index)outer * (outerStep * size)) + ((Index)inner * (innerStep * size));
        Index first = Matrix(w.Offsets.LeftOuter, w.Offsets.LeftInner, (long)w.Rows * w.Depth);
        Index second = Matrix(w.Offsets.RightOuter, w.Offsets.RightInner, (long)w.Depth * w.Columns);
        var left = new StagedOperand(A, row => first + (row * w.Depth), depth => depth) { HasFours = Four.Divides(w.Depth) };
        var right = new StagedOperand(B, column => second + column, depth => depth * w.Columns) { HasFours = Four.Divides(w.Columns) };
        var product = new StagedProduct(shape, (rows, left), (columns, right), w.Depth);
        bool hasFours = shape.HasColumnFours && Four.Divides(w.Columns);
        Statement End(RegisterTile sums, ImmutableArray<Index> at, Index to) =>
            hasFours ? new StoreFour(Y, to, sums, at) : new Store(Y, to, new Read(sums, at));
        Statement lanes = product.Lanes(
            column => ([], (sums, at, row) => [End(sums, at, ((Index)pair * ((long)w.Rows * w.Columns)) + (row * w.Columns) + column)]),
            hasFours ? Four.Width : 1);
        ImmutableArray<Statement> body =
        [
            new Let(inner, IndexOperation.Remainder, pair, w.Offsets.Inner),
            new Let(outer, IndexOperation.Divide, pair, w.Offsets.Inner),
            lanes,
        ];
        Statement across = new Loop(bx, 0, plan.ColumnGroups, 1, LoopKind.Group, body);
        Statement down = new Loop(by, 0, plan.RowGroups, 1, LoopKind.Group, [across], 1);
        return new LoopProgram(
            w.Title, 1, [A, B, Y], new LoopVariable("begin"), new LoopVariable("end"), [new Loop(pair, 0, w.Offsets.Count, 1, LoopKind.Group, [down], 2)])
        {
            GroupMemory = product.GroupMemory,
        };
    }

    private static GemmPlan PlanOf(MatrixWorkload w, GroupLimits limits)
    {
        var extent = new ProductExtent(w.Offsets.Count, w.Rows, w.Columns, w.Depth);
        var one = new StagedShape(new LaneSplit(1, 1, 1), new LaneSplit(1, 1, 1), 1) { IsLeftDeep = true };
        return GemmPlan.Promising(extent, one, limits).Select(found => found.Plan).FirstOrDefault(new GemmPlan(extent, one));
    }
}
