using Attune.Kernels.Spaces;

namespace Attune.Tuning.Sampling;

/// <summary>
/// All points of a space's product within a radius of a centre, without enumerating the space; in a union of spaces those of the centre's algorithm. Squared
/// distances per knob are quantised to quarters, rounded up; then dynamic programming over the knobs counts the ball exactly, and the same counts drive
/// enumeration and exactly uniform sampling. Building costs O(entities + knobs * levels * 4 radius^2): microseconds. Points are not tested for validity.
/// Immutable.
/// </summary>
internal sealed class Neighbourhood
{
    private const double Quanta = 4;
    private const double Tolerance = 1e-9;

    // Per knob, entities grouped by quantised squared distance, nearest level first.
    private readonly Level[][] levels;

    // counts[i][b]: points of knobs i.. whose squared distances sum to at most b.
    private readonly long[][] counts;
    private readonly long[] strides;

    // In a union of spaces the first point of the centre's algorithm.
    private readonly long first;
    private readonly int budget;

    public Neighbourhood(Space space, long centre, double radius, CoordinateMap map = CoordinateMap.Log2)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        if (space.PartAt(centre) is { } part)
        {
            (space, centre, first) = (part.Space, centre - part.First, part.First);
        }

        budget = (int)Math.Min(1 << 16, Math.Floor((radius * radius * Quanta) + Tolerance));
        int[] position = space.Decode(centre);
        int knobs = space.Knobs.Length;
        levels = new Level[knobs][];
        strides = new long[knobs];
        long stride = 1;
        for (int i = 0; i < knobs; i++)
        {
            strides[i] = stride;
            stride *= space.Knobs[i].Count;
            levels[i] = Levels(space.Knobs[i], position[i], budget, map);
        }

        counts = new long[knobs + 1][];
        counts[knobs] = new long[budget + 1];
        Array.Fill(counts[knobs], 1);
        for (int i = knobs - 1; i >= 0; i--)
        {
            counts[i] = new long[budget + 1];
            for (int b = 0; b <= budget; b++)
            {
                foreach (Level level in levels[i])
                {
                    if (level.Cost > b)
                    {
                        break;
                    }

                    counts[i][b] += level.Entities.Length * counts[i + 1][b - level.Cost];
                }
            }
        }
    }

    /// <summary>Number of points, the centre included.</summary>
    public long Count => counts[0][budget];

    /// <summary>Every point once, those that share the most with the centre first in each knob.</summary>
    public IEnumerable<long> Enumerate() => Enumerate(0, budget, first);

    /// <summary>One point, each equally likely.</summary>
    public long Sample(Random random)
    {
        long index = first;
        int left = budget;
        for (int i = 0; i < levels.Length; i++)
        {
            long draw = random.NextInt64(counts[i][left]);
            foreach (Level level in levels[i])
            {
                long below = counts[i + 1][left - level.Cost];
                long weight = level.Entities.Length * below;
                if (draw < weight)
                {
                    index += strides[i] * level.Entities[(int)(draw / below)];
                    left -= level.Cost;
                    break;
                }

                draw -= weight;
            }
        }

        return index;
    }

    private IEnumerable<long> Enumerate(int knob, int left, long index)
    {
        if (knob == levels.Length)
        {
            yield return index;
            yield break;
        }

        foreach (Level level in levels[knob])
        {
            if (level.Cost > left)
            {
                break;
            }

            foreach (int entity in level.Entities)
            {
                foreach (long point in Enumerate(knob + 1, left - level.Cost, index + (strides[knob] * entity)))
                {
                    yield return point;
                }
            }
        }
    }

    private static Level[] Levels(Knob knob, int centre, int budget, CoordinateMap map)
    {
        var byCost = new SortedDictionary<int, List<int>>();
        for (int entity = 0; entity < knob.Count; entity++)
        {
            double quantised = Math.Ceiling((KnobMetric.Squared(knob, centre, entity, map) * Quanta) - Tolerance);
            if (quantised <= budget)
            {
                var cost = (int)quantised;
                if (!byCost.TryGetValue(cost, out List<int>? entities))
                {
                    byCost[cost] = entities = [];
                }

                entities.Add(entity);
            }
        }

        return [.. byCost.Select(pair => new Level(pair.Key, [.. pair.Value]))];
    }

    private sealed record Level(int Cost, int[] Entities);
}
