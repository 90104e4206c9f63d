using Attune.Kernels.Spaces;

namespace Attune.Tuning.AutoTvm;

/// <summary>
/// AutoTVM's diversity filter (tuning.md 1.5): greedily takes the point that brings most knob values not seen among those taken, ties by position. Costs
/// O(wanted * points * knobs).
/// </summary>
internal static class SubmodularPick
{
    /// <summary>Picks points.</summary>
    /// <param name="space">The space.</param>
    /// <param name="points">Candidates, best first.</param>
    /// <param name="count">Points wanted.</param>
    public static List<long> Choose(Space space, IReadOnlyList<long> points, int count)
    {
        int[][] vectors = [.. points.Select(space.Decode)];
        HashSet<int>[] used = [.. space.Knobs.Select(_ => new HashSet<int>())];
        var left = Enumerable.Range(0, vectors.Length).ToList();
        var chosen = new List<long>();
        while (chosen.Count < count && left.Count > 0)
        {
            int best = left.MaxBy(candidate => vectors[candidate].Where((entity, knob) => !used[knob].Contains(entity)).Count());
            left.Remove(best);
            chosen.Add(points[best]);
            for (int knob = 0; knob < used.Length; knob++)
            {
                used[knob].Add(vectors[best][knob]);
            }
        }

        return chosen;
    }
}
