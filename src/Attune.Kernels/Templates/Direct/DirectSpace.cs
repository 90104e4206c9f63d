using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Direct;

/// <summary>
/// The deployment configurations of the direct template. Invalid points (register overflow, a tile larger than the output, a body too large for the JIT)
/// are excluded before anything is compiled.
/// </summary>
internal static class DirectSpace
{
    private const int MaxBody = 1400;

    public static Space Create(ConvolutionWorkload w, KernelTarget target)
    {
        int lanes = w.Lanes;
        int channelBlocks = (w.GroupOutChannels + lanes - 1) / lanes;
        int reductionBlocks = w.GroupInChannels / lanes;
        int registers = target.Registers;

        // Partial sums would have no place in an output of narrower elements.
        bool isNarrow = w is NarrowWorkload;
        ImmutableArray<Knob> knobs =
        [
            // Output-channel blocks: register tile innermost, then tiles per work unit.
            Knob.Split("oc", channelBlocks, 3, e => e[2] <= registers - 4),
            Knob.Scale("ow_tile", [.. Enumerable.Range(1, Math.Min(w.OutWidth, registers - 3))]),
            Knob.Scale("oh_tile", [.. TileSizes.RowTiles.Where(t => t <= w.OutHeight)]),
            Knob.Scale("ic_unroll", TileSizes.Reductions(w)),
            Knob.Flag("kw_unroll"),
            Knob.Scale("oh_block", [.. TileSizes.RowBlocks(w.OutHeight)]),
            Knob.Scale("ic_block", isNarrow ? [Math.Max(1, reductionBlocks)] : [.. TileSizes.Divisors(Math.Max(1, reductionBlocks)).Reverse()]),
            Knob.Choice("order", "oc-outer", "rows-outer"),
            Knob.Choice("nest", "oc-rows-cols", "rows-oc-cols", "rows-cols-oc"),
            Knob.Scale("prefetch", TileSizes.Prefetches(w)),
        ];
        if (DirectWeights.HasChoice(w))
        {
            knobs = knobs.Add(Knob.Choice(DirectWeights.FormatKnob, DirectWeights.Stored, DirectWeights.Widened));
        }

        return new Space(knobs, c => Admits(w, c, registers), c => Features(w, c));
    }

    /// <summary>
    /// A sound configuration without any search: the largest register tile that divides the output well, rows split so that two threads have work.
    /// </summary>
    public static long Default(ConvolutionWorkload w, Space space)
    {
        (double Score, long Index) best = (double.NegativeInfinity, -1);
        int channelBlocks = (w.GroupOutChannels + w.Lanes - 1) / w.Lanes;
        Knob oc = space.Knobs[space.PositionOf("oc")];
        Knob ow = space.Knobs[space.PositionOf("ow_tile")];
        Knob oh = space.Knobs[space.PositionOf("oh_tile")];
        int unroll = w.GroupInChannels < w.Lanes ? 0 : Math.Min(4, space.Knobs[space.PositionOf("ic_unroll")].Count) - 1;
        var vector = new int[space.Knobs.Length];
        for (int o = 0; o < oc.Count; o++)
        {
            int tile = oc.Entities[o][2];
            bool rowsOutside = w.OutHeight >= 8;
            int perUnit = rowsOutside ? channelBlocks / tile : 1;
            if (oc.Entities[o][1] != perUnit)
            {
                continue;
            }

            for (int c = 0; c < ow.Count; c++)
            {
                for (int r = 0; r < oh.Count; r++)
                {
                    vector[space.PositionOf("oc")] = o;
                    vector[space.PositionOf("ow_tile")] = c;
                    vector[space.PositionOf("oh_tile")] = r;
                    vector[space.PositionOf("order")] = rowsOutside ? 1 : 0;
                    vector[space.PositionOf("oh_block")] = rowsOutside ? 0 : space.Knobs[space.PositionOf("oh_block")].Count - 1;
                    vector[space.PositionOf("ic_unroll")] = unroll;
                    vector[space.PositionOf("nest")] = 1;
                    long index = space.Encode(vector);
                    if (!space.IsValid(index))
                    {
                        continue;
                    }

                    var plan = new DirectPlan(w, space[index]);
                    double work = plan.Waste * (1 + (0.6 * plan.LoadsPerMultiplyAdd)) * (1 + (4.0 / plan.Accumulators)) * plan.Imbalance(2);
                    if (-work > best.Score)
                    {
                        best = (-work, index);
                    }
                }
            }
        }

        return best.Index >= 0 ? best.Index : space.FirstValid();
    }

    private static bool Admits(ConvolutionWorkload w, Configuration c, int registers)
    {
        var plan = new DirectPlan(w, c);
        int held = Math.Min(plan.ChannelTile, plan.ColumnTile * plan.RowTile);

        // Narrow weights pass through a register on their way, and halves need one for the mask.
        int widening = plan.Weights switch { WeightFormat.F16 => 2, WeightFormat.I8 => 1, _ => 0 };
        if (plan.Accumulators + held + widening + 1 > registers || plan.BodySize > MaxBody)
        {
            return false;
        }

        // Tiles that overlap at the edge are computed twice, which a partial sum does not survive.
        if (plan.Chunks > 1 && (w.OutWidth % plan.ColumnTile != 0 || w.OutHeight % plan.RowTile != 0))
        {
            return false;
        }

        // One point per behaviour: blocks of more row tiles than there are, and choices without effect, appear once.
        return plan.Blocks.IsDistinct(w.OutHeight) && (w.KernelWidth > 1 || !c.IsOn("kw_unroll")) && (plan.ReductionBlocks > 0 || c.Value("ic_unroll") == 1);
    }

    private static double[] Features(ConvolutionWorkload w, Configuration c)
    {
        var plan = new DirectPlan(w, c);
        int weightBytes = WeightFormats.BytesOf(w is NarrowWorkload ? w.Weights : plan.Weights);
        double weights = (double)weightBytes * w.GroupInChannels * w.KernelHeight * w.KernelWidth * plan.ChannelTile * w.Lanes / plan.Chunks;
        double input = (double)w.ElementBytes * w.GroupInChannels / plan.Chunks * ((plan.RowBlock * plan.RowTile * w.StrideHeight) + w.KernelHeight) * w.Width;
        return
        [
            plan.Accumulators,
            plan.LoadsPerMultiplyAdd,
            plan.Waste,
            Math.Log2(plan.BodySize),
            Math.Log2(weights),
            Math.Log2(weights * plan.ChannelTilesPerUnit),
            Math.Log2(input),
            Math.Log2(plan.Units),
            plan.Imbalance(2),
            plan.Chunks > 1 ? 1 : 0,
        ];
    }
}
