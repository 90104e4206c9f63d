using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates;

/// <summary>
/// A depthwise convolution and the pointwise one after it in one kernel. A work unit is a block of output rows: the thread computes the depthwise rows it needs into its own
/// scratch, where they stay in the second-level cache, and multiplies them at once. No barrier stands between the two, nothing is written to memory that another core
/// must fetch, and threads share rows only. The halves are the loops of <see cref="DepthwiseTemplate"/> and <see cref="DirectTemplate"/>.
/// Buffers: 0 input, 1 packed weights of the first then of the second, 2 biases likewise, 3 residual, 4 output, 6 scratch of the thread.
/// </summary>
internal static class DepthwisePointwiseTemplate
{
    private const long MostScratch = 192 << 10;

    public static Space CreateSpace(ConvolutionWorkload pair)
    {
        ConvolutionWorkload first = pair.DepthwiseBefore!;
        ConvolutionWorkload second = FusedPair.Second(pair);
        Space firstSpace = DepthwiseTemplate.CreateSpace(first);
        Space secondSpace = DirectSpace.Create(second);
        Knob Of(string name) => secondSpace.Knobs[secondSpace.PositionOf(name)];
        int registers = RegisterFile.Count(pair.Lanes);
        ImmutableArray<Knob> knobs =
        [
            // Output-channel blocks: register tile innermost, then tiles.
            Knob.Split("oc", (second.OutChannels + pair.Lanes - 1) / pair.Lanes, 2, e => e[1] <= registers - 4),
            Of("ow_tile"),
            Of("oh_tile"),
            Of("ic_unroll"),
            Of("nest"),
            Of("prefetch"),
            Knob.Scale("rows", [.. DirectSpace.RowBlocks(second.OutHeight)]),
            Knob.Scale("dw_ow_tile", [.. Enumerable.Range(1, Math.Min(first.OutWidth, registers - 2))]),
            Knob.Scale("dw_oh_tile", [.. Enumerable.Range(1, Math.Min(first.OutHeight, 4))]),
            Knob.Flag("dw_hold"),
        ];
        return new Space(knobs, c => Admits(new DepthwisePointwisePlan(pair, firstSpace, secondSpace, c)), c => Features(new DepthwisePointwisePlan(pair, firstSpace, secondSpace, c)));
    }

    /// <summary>Both halves as they would be chosen alone, and about as many rows as two threads can share evenly.</summary>
    public static long Default(ConvolutionWorkload pair, Space space)
    {
        ConvolutionWorkload second = FusedPair.Second(pair);
        Space firstSpace = DepthwiseTemplate.CreateSpace(pair.DepthwiseBefore!);
        Space secondSpace = DirectSpace.Create(second);
        Configuration depthwise = firstSpace[DepthwiseTemplate.Default(pair.DepthwiseBefore!, firstSpace)];
        Configuration pointwise = secondSpace[DirectSpace.Default(second, secondSpace)];
        ImmutableArray<int> oc = pointwise.Tuple("oc");
        var vector = new int[space.Knobs.Length];
        Set("oc", $"{oc[0] * oc[1]}x{oc[2]}");
        Set("dw_ow_tile", depthwise.Label("ow_tile"));
        Set("dw_hold", depthwise.Label("hold_weights"));
        foreach (string knob in (string[])["ow_tile", "oh_tile", "ic_unroll", "nest"])
        {
            Set(knob, pointwise.Label(knob));
        }

        Knob rows = space.Knobs[space.PositionOf("rows")];
        int tiles = (second.OutHeight + pointwise.Value("oh_tile") - 1) / pointwise.Value("oh_tile");
        foreach (int position in Enumerable.Range(0, rows.Count).OrderBy(i => Cost(rows.Entities[i][0], tiles)))
        {
            vector[space.PositionOf("rows")] = position;
            long index = space.Encode(vector);
            if (space.IsValid(index))
            {
                return index;
            }
        }

        return DirectSpace.FirstValid(space);

        void Set(string knob, string label) => vector[space.PositionOf(knob)] = Math.Max(0, space.Knobs[space.PositionOf(knob)].IndexOf(label));

        // Weights of the second are read once per unit; two threads want an even number of units.
        static double Cost(int perUnit, int tiles)
        {
            int units = (tiles + perUnit - 1) / perUnit;
            return (Math.Ceiling(units / 2.0) * 2 / units) + (0.02 * units);
        }
    }

    public static KernelSource Build(ConvolutionWorkload pair, Configuration c, KernelBinding binding)
    {
        var plan = new DepthwisePointwisePlan(pair, DepthwiseTemplate.CreateSpace(pair.DepthwiseBefore!), DirectSpace.Create(FusedPair.Second(pair)), c);
        return new KernelSource([(Program(pair, plan, binding), plan.Units)], 0, plan.ScratchFloats);
    }

    private static LoopProgram Program(ConvolutionWorkload pair, DepthwisePointwisePlan plan, KernelBinding binding)
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
        var inner = new KernelBinding(binding.Input, default, plan.Scratch, binding.Inner ?? Epilogue.Typical);
        var outer = new KernelBinding(plan.Scratch, binding.Residual, binding.Output, binding.Epilogue);

        // The scratch has no images and begins with the unit's first row; both halves address it by the row of the image.
        Index shift = (Index)first * -plan.Scratch.Row;
        var source = new DirectSource(Scratch, shift, WeightPacking.PackedCount(depthwise, plan.FirstConfiguration!.Value), WeightPacking.BiasCount(depthwise));
        ImmutableArray<Statement> body =
        [
            new Let(rows, IndexOperation.Remainder, unit, plan.RowUnits),
            new Let(image, IndexOperation.Divide, unit, plan.RowUnits),
            new Let(rowEnd, IndexOperation.Minimum, ((Index)rows * perUnit) + perUnit, plan.RowTiles),
            new Let(first, IndexOperation.Minimum, (Index)rows * plan.RowsPerUnit, plan.Second.OutHeight - plan.RowTile),
            new Let(last, IndexOperation.Minimum, (Index)rowEnd * plan.RowTile, plan.Second.OutHeight),
            new Let(tiles, IndexOperation.Divide, (Index)last - first + (plan.DepthwiseRowTile - 1), plan.DepthwiseRowTile),
            .. DepthwiseTemplate.Rows(depthwise, plan.FirstConfiguration.Value, inner, (Scratch, shift), image, first, tiles),
            .. DirectTemplate.Block(plan.Second, plan.SecondConfiguration!.Value, outer, source, image, rows, rowEnd),
        ];
        ImmutableArray<Buffer> buffers = [X, W, Bias, Residual, Y, Shared, Scratch];
        return new LoopProgram(pair.Key, pair.Lanes, buffers, begin, end, [new Loop(unit, begin, end, 1, false, body)]);
    }

    private static bool Admits(DepthwisePointwisePlan plan) =>
        plan.FirstConfiguration is { } first && plan.SecondConfiguration is { } second
        && first.Space.IsValid(first.Index) && second.Space.IsValid(second.Index)
        && plan.DepthwiseRowTile <= Math.Max(plan.RowsPerUnit, plan.RowTile)
        && plan.ScratchFloats <= MostScratch;

    private static double[] Features(DepthwisePointwisePlan plan)
    {
        if (plan.SecondConfiguration is not { } second)
        {
            return new double[7];
        }

        var direct = new DirectPlan(plan.Second, second);
        return
        [
            direct.Accumulators,
            direct.LoadsPerMultiplyAdd,
            direct.Waste,
            Math.Log2(plan.Units),
            Math.Ceiling(plan.Units / 2.0) * 2 / plan.Units,
            Math.Log2(4.0 * plan.ScratchFloats),
            (double)plan.ScratchRows / plan.RowsPerUnit,
        ];
    }
}
