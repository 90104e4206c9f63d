using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Depthwise;
using Attune.Kernels.Templates.Direct;

namespace Attune.Kernels.Partition;

/// <summary>Configurations that differ from a given one only in how threads share the work: what a neighbour in the model may ask for.</summary>
internal static class PartitionSiblings
{
    private static readonly string[] SharingKnobs = ["oc", "c", "oh_block", "order"];

    /// <summary>
    /// One valid point for each other class of <see cref="WorkPartition.ClassOf"/> that is reachable, the most even one and of those the one with the fewest
    /// changes.
    /// </summary>
    /// <param name="workload">Workload.</param>
    /// <param name="configuration">A valid configuration of its space.</param>
    /// <param name="threads">Threads; none has a sibling with one thread.</param>
    public static IEnumerable<long> Of(WeightedWorkload workload, Configuration configuration, int threads)
    {
        if (threads < 2 || TemplateRegistry.Of(configuration).Template is not (DirectTemplate or DepthwiseTemplate))
        {
            // Of the others, blocks of positions or rows are the partition; the search and the suggestions vary those.
            return [];
        }

        string own = WorkPartitions.Of(workload, configuration).ClassOf(threads);
        var best = new Dictionary<string, (int Largest, int Changes, long Index)>(StringComparer.Ordinal);
        foreach ((long index, int changes) in Variations(configuration))
        {
            Configuration candidate = configuration.Space[index];
            WorkPartition partition = WorkPartitions.Of(workload, candidate);
            string kind = partition.ClassOf(threads);
            if (kind == own || kind is "mixed" or "whole")
            {
                continue;
            }

            (int, int, long) rank = (PartitionMap.Writers(partition, partition.Output, threads).LargestShare(threads), changes, index);
            if (!best.TryGetValue(kind, out var known) || rank.CompareTo(known) < 0)
            {
                best[kind] = rank;
            }
        }

        return best.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value.Index);
    }

    private static IEnumerable<(long Index, int Changes)> Variations(Configuration configuration)
    {
        Space space = configuration.Space;
        int[] vector = space.Decode(configuration.Index);
        int[] knobs = [.. SharingKnobs.Where(space.Has).Select(space.PositionOf)];
        var counts = Array.ConvertAll(knobs, knob => space.Knobs[knob].Count);
        long combinations = counts.Aggregate(1L, (product, count) => product * count);
        var changed = new int[vector.Length];
        for (long combination = 0; combination < combinations; combination++)
        {
            vector.CopyTo(changed, 0);
            long rest = combination;
            int changes = 0;
            bool sameTile = true;
            for (int i = 0; i < knobs.Length; i++)
            {
                Knob knob = space.Knobs[knobs[i]];
                changed[knobs[i]] = (int)(rest % counts[i]);
                rest /= counts[i];
                changes += changed[knobs[i]] == vector[knobs[i]] ? 0 : 1;

                // Of a split of channels into units, tiles and registers, the registers are no matter of sharing.
                sameTile &= knob.Kind != KnobKind.Split || knob.Entities[0].Length < 3
                    || knob.Entities[changed[knobs[i]]][2] == knob.Entities[vector[knobs[i]]][2];
            }

            long index = space.Encode(changed);
            if (changes > 0 && sameTile && space.IsValid(index))
            {
                yield return (index, changes);
            }
        }
    }
}
