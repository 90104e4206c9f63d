using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Depthwise;
using Attune.Kernels.Templates.Direct;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Pair;

/// <summary>
/// A depthwise convolution and the pointwise one after it in one kernel. A work unit is a block of output rows: the thread computes the depthwise rows it needs
/// into its own scratch, where they stay in the second-level cache, and multiplies them at once. No barrier stands between the two, nothing is written to
/// memory that another core must fetch, and threads share rows only. The halves are the loops of <see cref="DepthwiseProgram"/> and
/// <see cref="DirectProgram"/>. Buffers: 0 input, 1 packed weights of the first then of the second, 2 biases likewise, 3 residual, 4 output, 6 scratch of the
/// thread.
/// </summary>
internal static class DepthwisePointwiseProgram
{
    public static KernelSource Build(PairWorkload pair, Configuration c, KernelSignature binding, KernelTarget target)
    {
        var plan = new DepthwisePointwisePlan(pair, DepthwiseSpace.Create(pair.First, target), DirectSpace.Create(pair.Second, target), c);
        return new KernelSource([(Program(pair, plan, binding), plan.Units)], 0, plan.ScratchFloats);
    }

    private static LoopProgram Program(PairWorkload pair, DepthwisePointwisePlan plan, KernelSignature binding)
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var unit = new LoopVariable("u");
        var image = new LoopVariable("n");
        var rows = new LoopVariable("hb");
        var rowEnd = new LoopVariable("hend");
        var first = new LoopVariable("h0");
        var last = new LoopVariable("h1");
        var tiles = new LoopVariable("dts");
        ConvolutionWorkload depthwise = plan.First;
        int perUnit = plan.RowsPerUnit / plan.RowTile;
        var inner = new KernelSignature(binding.Input, default, plan.Scratch, binding.Inner ?? Epilogue.Typical);
        var outer = new KernelSignature(plan.Scratch, binding.Residual, binding.Output, binding.Epilogue);

        // The scratch has no images and begins with the unit's first row; both halves address it by the row of the image.
        Index shift = (Index)first * -plan.Scratch.Row;
        var source = new DirectSource(Scratch, shift, DepthwiseTemplate.PackedCount(depthwise), WeightPacking.BiasCount(depthwise));
        ImmutableArray<Statement> body =
        [
            new Let(rows, IndexOperation.Remainder, unit, plan.RowUnits),
            new Let(image, IndexOperation.Divide, unit, plan.RowUnits),
            new Let(rowEnd, IndexOperation.Minimum, ((Index)rows * perUnit) + perUnit, plan.RowTiles),
            new Let(first, IndexOperation.Minimum, (Index)rows * plan.RowsPerUnit, plan.Second.OutHeight - plan.RowTile),
            new Let(last, IndexOperation.Minimum, (Index)rowEnd * plan.RowTile, plan.Second.OutHeight),
            new Let(tiles, IndexOperation.Divide, (Index)last - first + (plan.DepthwiseRowTile - 1), plan.DepthwiseRowTile),
            .. DepthwiseProgram.Rows(depthwise, plan.FirstConfiguration!.Value, inner, (Scratch, shift), image, first, tiles),
            .. DirectProgram.Block(plan.Second, plan.SecondConfiguration!.Value, outer, source, image, rows, rowEnd),
        ];
        ImmutableArray<Buffer> buffers = [X, W, Bias, Residual, Y, Shared, Scratch];
        return new LoopProgram(pair.Key, pair.Lanes, buffers, begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, body)]);
    }
}
