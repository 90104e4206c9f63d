using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates;

/// <summary>
/// Points of the Winograd and Strassen templates worth measuring first, by a rough count of cycles: products with their loads, weights streamed once per block,
/// transforms that leave the second-level cache. One suggestion per algorithm and schedule; the search does the rest.
/// </summary>
internal static class AlgorithmSuggestions
{
    private const double CacheBytes = 512 * 1024;

    public static IEnumerable<long> Of(ConvolutionWorkload w, Space space)
    {
        if (space.Has(WeightPacking.FormatKnob))
        {
            // Where memory is the limit, widening fills the processor's window with few bytes, so prefetching far ahead helps;
            // where arithmetic is, weights widened once at load beat those widened in the loop.
            int[] vector = space.Decode(DirectSpace.Default(w, space));
            vector[space.PositionOf("prefetch")] = space.Knobs[space.PositionOf("prefetch")].IndexOf("64");
            yield return space.Encode(vector);
            vector[space.PositionOf("prefetch")] = 0;
            vector[space.PositionOf(WeightPacking.FormatKnob)] = space.Knobs[space.PositionOf(WeightPacking.FormatKnob)].IndexOf(WeightPacking.Widened);
            yield return space.Encode(vector);
        }

        if (!space.Has("algorithm"))
        {
            yield break;
        }

        foreach ((string algorithm, bool split) in new[] { ("winograd4", false), ("winograd4", true), ("winograd2", false), ("winograd2", true), ("strassen", false), ("strassen2", false) })
        {
            bool known = space.Knobs[space.PositionOf("algorithm")].IndexOf(algorithm) >= 0;
            if (known && Best(w, space, algorithm, split) is { } index)
            {
                yield return index;
            }
        }
    }

    private static long? Best(ConvolutionWorkload w, Space space, string algorithm, bool split)
    {
        var vector = new int[space.Knobs.Length];
        Knob Knob(string name) => space.Knobs[space.PositionOf(name)];
        vector[space.PositionOf("algorithm")] = Knob("algorithm").IndexOf(algorithm);
        if (space.Has(WeightPacking.FormatKnob))
        {
            vector[space.PositionOf(WeightPacking.FormatKnob)] = Knob(WeightPacking.FormatKnob).IndexOf(WeightPacking.Widened);
        }

        vector[space.PositionOf("kw_unroll")] = split ? 1 : 0;
        vector[space.PositionOf("ic_unroll")] = Math.Min(1, Knob("ic_unroll").Count - 1);
        (double Cycles, long Index)? best = null;
        for (int oc = 0; oc < Knob("oc").Count; oc++)
        {
            if (Knob("oc").Entities[oc][1] != 1)
            {
                continue;
            }

            vector[space.PositionOf("oc")] = oc;
            for (int tile = 0; tile < Knob("ow_tile").Count; tile++)
            {
                vector[space.PositionOf("ow_tile")] = tile;
                for (int block = 0; block < Knob("oh_block").Count; block++)
                {
                    vector[space.PositionOf("oh_block")] = block;
                    long index = space.Encode(vector);
                    if (space.IsValid(index) && Cycles(w, space[index]) is var cycles && (best is null || cycles < best.Value.Cycles))
                    {
                        best = (cycles, index);
                    }
                }
            }
        }

        return best?.Index;
    }

    private static double Cycles(ConvolutionWorkload w, Configuration configuration) =>
        StrassenPlan.IsSelected(configuration) ? Cycles(w, new StrassenPlan(w, configuration)) : Cycles(w, new WinogradPlan(w, configuration));

    private static double Cycles(ConvolutionWorkload w, StrassenPlan plan)
    {
        double depth = plan.ReductionBlocks * w.Lanes;
        double accumulators = plan.ChannelTile * plan.Register;
        double loads = (plan.ChannelTile + plan.Register) / accumulators;
        double positions = (double)plan.Blocks * plan.Block;
        double products = plan.Points * depth * plan.ChannelBlocks * positions * (1 + (0.5 * loads) + (4 / accumulators));
        double weightBytes = 4.0 * plan.Points * depth * plan.ChannelBlocks * w.Lanes;
        double inputBytes = 4.0 * plan.Points * depth * plan.Block;
        double spilled = Math.Max(0, inputBytes - CacheBytes) * plan.Blocks * 2;
        return (products + (weightBytes * plan.Blocks / 16) + (spilled / 16)) * Math.Ceiling(plan.Blocks / 2.0) * 2 / plan.Blocks;
    }

    private static double Cycles(ConvolutionWorkload w, WinogradPlan plan)
    {
        double depth = w.InChannels;
        double vectors = (double)w.OutChannels / w.Lanes;
        double tiles = (double)plan.Blocks * plan.Block;
        double accumulators = plan.ChannelTile * plan.Register;
        double loads = (plan.ChannelTile + plan.Register) / accumulators;
        double products = plan.Points * depth * vectors * tiles * (1 + (0.5 * loads) + (4 / accumulators));
        double weightBytes = 4.0 * plan.Points * depth * w.OutChannels;
        double streams = plan.Split ? 1 : plan.Blocks;
        double spilled = plan.Split ? plan.Blocks * plan.BlockFloats * 4.0 : Math.Max(0, (plan.BlockFloats * 4.0) - CacheBytes) * plan.Blocks * 2;
        int units = plan.Split ? plan.Blocks * plan.ChannelUnits : plan.Blocks;
        double imbalance = Math.Ceiling(units / 2.0) * 2 / units;
        return (products + (weightBytes * streams / 16) + (spilled / 16)) * imbalance;
    }
}
