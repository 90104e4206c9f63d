using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates;

/// <summary>
/// Points of the Winograd and Strassen templates worth measuring first, by a rough count of cycles: products with their loads, weights streamed from memory or
/// read again from the caches, transforms that leave the second-level cache. For every algorithm, schedule and number of channel vectors in the register tile
/// the best whose block stays in the first-level cache and the best of the others; then those of them that are not clearly worse than the best of all. The search does the rest.
/// </summary>
internal static class AlgorithmSuggestions
{
    private const int Limit = 14;

    // Register tiles of more vectors leave too few positions: inputs are then loaded more often than they are used.
    private const int WidestTile = 4;

    private const double Tolerance = 1.5;
    private const double FirstLevelBytes = 28 * 1024;
    private const double SecondLevelBytes = 512 * 1024;
    private const double LastLevelShare = 2 << 20;

    // Bytes per cycle: from memory for all threads together, from the last-level cache and from the second level for each thread.
    private const double MemoryRate = 8;
    private const double LastLevelRate = 16;
    private const double SecondLevelRate = 40;

    private static readonly (string Algorithm, bool Split)[] Kinds =
        [("winograd4", false), ("winograd4", true), ("winograd2", false), ("winograd2", true), ("strassen", false), ("strassen", true), ("strassen2", false), ("strassen2", true)];

    public static IEnumerable<long> Of(ConvolutionWorkload w, Space space, int threads) =>
        [.. space.Has(WeightPacking.FormatKnob) ? Narrow(w, space) : [], .. space.Has("algorithm") ? Algorithms(w, space, threads) : []];

    /// <summary>
    /// Where memory is the limit, widening fills the processor's window with few bytes, so prefetching far ahead helps; where arithmetic is, weights widened
    /// once at load beat those widened in the loop.
    /// </summary>
    private static long[] Narrow(ConvolutionWorkload w, Space space)
    {
        int[] ahead = space.Decode(DirectSpace.Default(w, space));
        ahead[space.PositionOf("prefetch")] = space.Knobs[space.PositionOf("prefetch")].IndexOf("64");
        int[] widened = space.Decode(DirectSpace.Default(w, space));
        widened[space.PositionOf("prefetch")] = 0;
        widened[space.PositionOf(WeightPacking.FormatKnob)] = space.Knobs[space.PositionOf(WeightPacking.FormatKnob)].IndexOf(WeightPacking.Widened);
        return [space.Encode(ahead), space.Encode(widened)];
    }

    private static IEnumerable<long> Algorithms(ConvolutionWorkload w, Space space, int threads)
    {
        Knob algorithms = space.Knobs[space.PositionOf("algorithm")];
        (double Cycles, long Index)[] found = [.. Kinds.Where(kind => algorithms.IndexOf(kind.Algorithm) >= 0).SelectMany(kind => Best(w, space, kind.Algorithm, kind.Split, threads)).OrderBy(point => point.Cycles)];
        return found.TakeWhile(point => point.Cycles <= Tolerance * found[0].Cycles).Take(Limit).Select(point => point.Index);
    }

    /// <summary>The best point for every number of channel vectors.</summary>
    private static IEnumerable<(double Cycles, long Index)> Best(ConvolutionWorkload w, Space space, string algorithm, bool split, int threads)
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
        vector[space.PositionOf("prefetch")] = Knob("prefetch").Count - 1;
        (int Column, int Row)[] registers =
        [
            .. (from row in Enumerable.Range(0, Knob("oh_tile").Count)
                from column in Enumerable.Range(0, Knob("ow_tile").Count)
                group (column, row) by Knob("ow_tile").Entities[column][0] * Knob("oh_tile").Entities[row][0]).Select(pairs => pairs.First()),
        ];
        var best = new Dictionary<(int Vectors, bool Small), (double Cycles, long Index)>();
        for (int oc = 0; oc < Knob("oc").Count; oc++)
        {
            if (Knob("oc").Entities[oc] is not [_, 1, <= WidestTile])
            {
                continue;
            }

            int vectors = Knob("oc").Entities[oc][2];
            vector[space.PositionOf("oc")] = oc;
            foreach ((int column, int row) in registers)
            {
                vector[space.PositionOf("ow_tile")] = column;
                vector[space.PositionOf("oh_tile")] = row;
                for (int block = 0; block < Knob("oh_block").Count; block++)
                {
                    vector[space.PositionOf("oh_block")] = block;
                    long index = space.Encode(vector);
                    if (!space.IsValid(index))
                    {
                        continue;
                    }

                    (double cycles, double blockBytes) = Cycles(w, space[index], threads);
                    (int Vectors, bool Small) kind = (vectors, blockBytes <= FirstLevelBytes);
                    if (!best.TryGetValue(kind, out (double Cycles, long Index) known) || cycles < known.Cycles)
                    {
                        best[kind] = (cycles, index);
                    }
                }
            }
        }

        return best.Values;
    }

    private static (double Cycles, double BlockBytes) Cycles(ConvolutionWorkload w, Configuration configuration, int threads) =>
        StrassenPlan.IsSelected(configuration) ? Cycles(w, new StrassenPlan(w, configuration), threads) : Cycles(w, new WinogradPlan(w, configuration), threads);

    private static (double Cycles, double BlockBytes) Cycles(ConvolutionWorkload w, StrassenPlan plan, int threads)
    {
        double depth = plan.ReductionBlocks * w.Lanes;
        double positions = (double)plan.Blocks * plan.Block;
        double products = plan.Points * depth * plan.ChannelBlocks * positions * Overhead(plan.ChannelTile, plan.Register, depth);

        // Two levels pass through memory between them: about twice the work per element.
        double transforms = plan.Points * positions * (plan.ReductionBlocks + plan.ChannelBlocks) * (plan.Levels == 1 ? 4 : 6);
        double weightBytes = 4.0 * plan.Points * depth * plan.ChannelBlocks * w.Lanes;
        double blockBytes = 4.0 * plan.Points * depth * plan.Block;

        // With blocks enough for all threads the split schedule only adds a pass over memory.
        bool pointless = plan.Split && plan.Blocks >= 4 * threads;
        return (pointless ? double.PositiveInfinity : Total(products + transforms, weightBytes, plan.Blocks, blockBytes, plan.Units, threads), blockBytes);
    }

    private static (double Cycles, double BlockBytes) Cycles(ConvolutionWorkload w, WinogradPlan plan, int threads)
    {
        double depth = w.InChannels;
        double vectors = (double)w.OutChannels / w.Lanes;
        double tiles = (double)plan.Blocks * plan.Block;
        double products = plan.Points * depth * vectors * tiles * Overhead(plan.ChannelTile, plan.Register, depth);
        double transforms = plan.Points * tiles * (plan.ReductionBlocks + vectors) * 5;
        double weightBytes = 4.0 * plan.WeightPoints * depth * w.OutChannels;
        int units = plan.Split ? plan.Blocks * plan.ChannelUnits : plan.Blocks;
        double blockBytes = 4.0 * plan.BlockFloats;
        return (Total(products + transforms, weightBytes, plan.Blocks, blockBytes, units, threads), blockBytes);
    }

    /// <summary>Cycles per multiply-add of a register tile: loads that do not hide, and the beginning and end of every sum.</summary>
    private static double Overhead(int channelTile, int register, double depth)
    {
        double accumulators = channelTile * register;
        return 1 + (0.15 * (channelTile + register) / accumulators) + Math.Max(0, (8 - accumulators) / 12) + (3 / depth);
    }

    /// <summary>Cycles of the busiest thread. Work overlaps with streaming from memory, and less with reading again from the caches.</summary>
    private static double Total(double work, double weightBytes, int blocks, double blockBytes, int units, int threads)
    {
        double busiest = Math.Ceiling(units / (double)threads) / units;
        double rate = weightBytes > LastLevelShare ? LastLevelRate : SecondLevelRate;
        double again = weightBytes * blocks * busiest / rate * 0.5;
        double spilled = blockBytes > SecondLevelBytes ? blockBytes * blocks * busiest * 2 / LastLevelRate : 0;
        return Math.Max((work * busiest) + again + spilled, weightBytes / MemoryRate);
    }
}
