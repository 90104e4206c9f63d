using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Depthwise;
using Attune.Kernels.Templates.Direct;

namespace Attune.Kernels.Templates.Pair;

/// <summary>The deployment configurations of fused pairs: knobs of both halves, and the output rows of a work unit.</summary>
internal static class DepthwisePointwiseSpace
{
    private const long MaxScratch = 192 << 10;

    public static Space Create(PairWorkload pair, KernelTarget target)
    {
        ConvolutionWorkload first = pair.First;
        ConvolutionWorkload second = pair.Second;
        Space firstSpace = DepthwiseSpace.Create(first, target);
        Space secondSpace = DirectSpace.Create(second, target);
        Knob Of(string name) => secondSpace.Knobs[secondSpace.PositionOf(name)];
        int registers = target.Registers;
        ImmutableArray<Knob> knobs =
        [
            // Output-channel blocks: register tile innermost, then tiles.
            Knob.Split("oc", (second.OutChannels + pair.Lanes - 1) / pair.Lanes, 2, e => e[1] <= registers - 4),
            Of("ow_tile"),
            Of("oh_tile"),
            Of("ic_unroll"),
            Of("nest"),
            Of("prefetch"),
            Knob.Scale("rows", [.. TileSizes.RowBlocks(second.OutHeight)]),
            Knob.Scale("dw_ow_tile", [.. Enumerable.Range(1, Math.Min(first.OutWidth, registers - 2))]),
            Knob.Scale("dw_oh_tile", [.. Enumerable.Range(1, Math.Min(first.OutHeight, 4))]),
            Knob.Flag("dw_hold"),
        ];
        return new Space(
            knobs,
            c => Admits(new DepthwisePointwisePlan(pair, firstSpace, secondSpace, c)),
            c => Features(new DepthwisePointwisePlan(pair, firstSpace, secondSpace, c)));
    }

    /// <summary>Both halves as they would be chosen alone, and about as many rows as two threads can share evenly.</summary>
    public static long Default(PairWorkload pair, Space space, KernelTarget target)
    {
        ConvolutionWorkload second = pair.Second;
        Space firstSpace = DepthwiseSpace.Create(pair.First, target);
        Space secondSpace = DirectSpace.Create(second, target);
        Configuration depthwise = firstSpace[DepthwiseSpace.Default(pair.First, firstSpace, target)];
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

        return space.FirstValid();

        void Set(string knob, string label) => vector[space.PositionOf(knob)] = Math.Max(0, space.Knobs[space.PositionOf(knob)].IndexOf(label));

        // Weights of the second are read once per unit; two threads want an even number of units.
        static double Cost(int perUnit, int tiles)
        {
            int units = (tiles + perUnit - 1) / perUnit;
            return (Math.Ceiling(units / 2.0) * 2 / units) + (0.02 * units);
        }
    }

    private static bool Admits(DepthwisePointwisePlan plan) =>
        plan.FirstConfiguration is { } first && plan.SecondConfiguration is { } second
        && first.Space.IsValid(first.Index) && second.Space.IsValid(second.Index)
        && plan.DepthwiseRowTile <= Math.Max(plan.RowsPerUnit, plan.RowTile)
        && plan.ScratchFloats <= MaxScratch;

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
