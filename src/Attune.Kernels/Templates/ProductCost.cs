using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates;

/// <summary>
/// A rough count of cycles of the algorithms that trade multiplications for additions: products with their loads, weights streamed from memory or
/// read again from the caches, transforms that leave the second-level cache. Good enough to say which points are worth measuring first; the search does the
/// rest.
/// </summary>
internal static class ProductCost
{
    // Register tiles of more vectors leave too few positions: inputs are then loaded more often than they are used.
    private const int WidestTile = 4;

    // A block shares its cache with the weights and outputs that pass through.
    private const double FirstLevelShare = 7.0 / 8;
    private const double SecondLevelShare = 0.5;

    // Bytes per cycle: from memory for all threads together, from the last-level cache and from the second level for each thread.
    private const double MemoryRate = 8;
    private const double LastLevelRate = 16;
    private const double SecondLevelRate = 40;

    /// <summary>
    /// For every schedule and number of channel vectors in the register tile the best point whose block stays in the first-level cache and the best of the
    /// others.
    /// </summary>
    /// <param name="space">Space with the knobs "oc", "positions", "ic_unroll", "block", "schedule" and "prefetch"; others stay at their first entity.</param>
    /// <param name="target">Target.</param>
    /// <param name="cycles">Cycles and bytes of a block of a valid point.</param>
    public static IEnumerable<Suggestion> Best(Space space, KernelTarget target, Func<Configuration, (double Cycles, double BlockBytes)> cycles)
    {
        Knob Knob(string name) => space.Knobs[space.PositionOf(name)];
        var vector = new int[space.Knobs.Length];
        vector[space.PositionOf("ic_unroll")] = Math.Min(1, Knob("ic_unroll").Count - 1);
        vector[space.PositionOf("prefetch")] = Knob("prefetch").IndexOf("32");
        for (int schedule = 0; schedule < Knob("schedule").Count; schedule++)
        {
            vector[space.PositionOf("schedule")] = schedule;
            var best = new Dictionary<(int Vectors, bool Small), Suggestion>();
            foreach (int oc in Enumerable.Range(0, Knob("oc").Count).Where(oc => Knob("oc").Entities[oc] is [_, 1, <= WidestTile]))
            {
                vector[space.PositionOf("oc")] = oc;
                for (int position = 0; position < Knob("positions").Count; position++)
                {
                    vector[space.PositionOf("positions")] = position;
                    for (int block = 0; block < Knob("block").Count; block++)
                    {
                        vector[space.PositionOf("block")] = block;
                        long index = space.Encode(vector);
                        if (!space.IsValid(index))
                        {
                            continue;
                        }

                        (double count, double blockBytes) = cycles(space[index]);
                        (int Vectors, bool Small) kind = (Knob("oc").Entities[oc][2], blockBytes <= target.Caches.FirstLevel * FirstLevelShare);
                        if (!best.TryGetValue(kind, out Suggestion known) || count < known.Cycles)
                        {
                            best[kind] = new Suggestion(index, count);
                        }
                    }
                }
            }

            foreach (Suggestion suggestion in best.Values)
            {
                yield return suggestion;
            }
        }
    }

    /// <summary>Cycles per multiply-add of a register tile: loads that do not hide, and the beginning and end of every sum.</summary>
    public static double Overhead(int channelTile, int register, double depth)
    {
        double accumulators = channelTile * register;
        return 1 + (0.15 * (channelTile + register) / accumulators) + Math.Max(0, (8 - accumulators) / 12) + (3 / depth);
    }

    /// <summary>Cycles of the busiest thread. Work overlaps with streaming from memory, and less with reading again from the caches.</summary>
    public static double Total(KernelTarget target, double work, double weightBytes, int blocks, double blockBytes, int units, int threads)
    {
        double busiest = Math.Ceiling(units / (double)threads) / units;
        double rate = weightBytes > target.Caches.LastLevelShare ? LastLevelRate : SecondLevelRate;
        double again = weightBytes * blocks * busiest / rate * 0.5;
        double spilled = blockBytes > target.Caches.SecondLevel * SecondLevelShare ? blockBytes * blocks * busiest * 2 / LastLevelRate : 0;
        return Math.Max((work * busiest) + again + spilled, weightBytes / MemoryRate);
    }
}
