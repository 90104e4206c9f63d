using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Learning.Clustering;
using Attune.Tuning.Search;

namespace Attune.Tuning.Chameleon;

/// <summary>
/// CHAMELEON's adaptive sampling: the samples of an exploration are clustered, the bend of the loss says how many clusters are enough, and one point is
/// measured for each cluster instead of every sample. A synthesised point that is invalid, known or chosen already gives way to the cluster's best member that
/// is none of these.
/// </summary>
internal sealed class AdaptiveSampling(Space space, ChameleonOptions options)
{
    private const int Attempts = 32;

    /// <summary>Chooses unknown valid points from samples that come best first; those of better clusters first.</summary>
    public List<long> Choose(SearchMemory memory, ImmutableArray<long> samples)
    {
        if (samples.Length < 2 * options.ClusterStep)
        {
            return [.. samples];
        }

        int[] knobs = options.ClusterKnobs == 0
            ? [.. Enumerable.Range(0, space.Knobs.Length)]
            : [.. Enumerable.Range(0, space.Knobs.Length).OrderByDescending(knob => space.Knobs[knob].Count).Take(options.ClusterKnobs)];
        int[][] positions = [.. samples.Select(space.Decode)];
        int width = knobs.Sum(Width);
        double[] coordinates = [.. positions.SelectMany(position => knobs.SelectMany(knob => Place(knob, position[knob])))];
        Clusters clusters = Cluster(coordinates, width, samples.Length, memory.Random);
        var chosen = new List<long>();
        int[][] members = [.. Enumerable.Range(0, clusters.Count(width)).Select(
            cluster => Enumerable.Range(0, samples.Length).Where(i => clusters.Assignment[i] == cluster).ToArray())];
        foreach (int cluster in Enumerable.Range(0, members.Length).Where(cluster => members[cluster].Length > 0).OrderBy(cluster => members[cluster][0]))
        {
            ReadOnlySpan<double> centre = clusters.Centroids.AsSpan(cluster * width, width);
            if (Synthesise(memory, positions, members[cluster], knobs, centre, chosen) is { } point)
            {
                chosen.Add(point);
                continue;
            }

            foreach (int member in members[cluster])
            {
                if (!chosen.Contains(samples[member]))
                {
                    chosen.Add(samples[member]);
                    break;
                }
            }
        }

        return chosen;
    }

    private Clusters Cluster(double[] coordinates, int width, int samples, Random random)
    {
        var tried = new List<Clusters>();
        IEnumerable<double> Losses()
        {
            for (int k = options.ClusterStep; k <= samples; k += options.ClusterStep)
            {
                tried.Add(KMeans.Fit(coordinates, width, k, random, options.Clustering));
                yield return tried[^1].Loss;
            }
        }

        // The list is filled while the rule looks.
        int found = options.Elbow == ElbowRule.SmallGain ? Elbow.FirstSmallGain(Losses(), options.ClusterGain) : Elbow.FarthestFromChord([.. Losses()]);
        return tried[found];
    }

    private int Width(int knob) => options.ClusterKnobs > 0 ? 1 : space.Knobs[knob].Coordinates[0].Length;

    private IEnumerable<double> Place(int knob, int entity) => options.ClusterKnobs > 0 ? [entity] : space.Knobs[knob].Coordinates[entity];

    private long? Synthesise(SearchMemory memory, int[][] positions, int[] members, int[] knobs, ReadOnlySpan<double> centre, List<long> chosen)
    {
        if (options.Synthesis == SampleSynthesis.Member)
        {
            return null;
        }

        var position = new int[space.Knobs.Length];
        int at = 0;
        foreach (int knob in knobs)
        {
            position[knob] = Nearest(knob, centre.Slice(at, Width(knob)));
            at += Width(knob);
        }

        int[] others = [.. Enumerable.Range(0, position.Length).Except(knobs)];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            foreach (int knob in others)
            {
                position[knob] = options.Synthesis == SampleSynthesis.Random
                    ? positions[memory.Random.Next(positions.Length)][knob]
                    : members.GroupBy(member => positions[member][knob]).MaxBy(group => group.Count())!.Key;
            }

            long point = space.Encode(position);
            if (!memory.IsKnown(point) && space.IsValid(point) && !chosen.Contains(point))
            {
                return point;
            }

            if (options.Synthesis != SampleSynthesis.Random || others.Length == 0)
            {
                break;
            }
        }

        return null;
    }

    private int Nearest(int knob, ReadOnlySpan<double> centre)
    {
        if (options.ClusterKnobs > 0)
        {
            return Math.Clamp((int)centre[0], 0, space.Knobs[knob].Count - 1);
        }

        int best = 0;
        double min = double.PositiveInfinity;
        for (int entity = 0; entity < space.Knobs[knob].Count; entity++)
        {
            double distance = 0;
            for (int i = 0; i < centre.Length; i++)
            {
                double difference = space.Knobs[knob].Coordinates[entity][i] - centre[i];
                distance += difference * difference;
            }

            if (distance < min)
            {
                (best, min) = (entity, distance);
            }
        }

        return best;
    }
}
