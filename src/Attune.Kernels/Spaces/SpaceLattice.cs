using System.Collections.Immutable;

namespace Attune.Kernels.Spaces;

/// <summary>
/// The points of a space that meet all its constraints, as a layered graph: a layer per knob, a node per joint state of the constraints, an edge per group of
/// interchangeable entities. Counting paths backwards gives the exact number of points, and drawing edges by those counts gives exactly uniform points, whether
/// they are one in ten or one in a billion. Building costs O(nodes * groups). Immutable.
/// </summary>
internal sealed class SpaceLattice
{
    private const int MaxEdges = 8_000_000;
    private readonly Layer[] graph;
    private readonly long[] steps;

    private SpaceLattice(Layer[] graph, long[] steps)
    {
        this.graph = graph;
        this.steps = steps;
    }

    /// <summary>Exact number of points that meet the constraints; 0 proves that there is none. A space's further validity test is not part of it.</summary>
    public long Count => graph[0].Paths[0];

    /// <summary>Builds the lattice of a space.</summary>
    /// <returns>Null when the constraints are so entangled that it would be too large (8 million edges).</returns>
    public static SpaceLattice? TryBuild(Space space)
    {
        LatticeReader[] readers = [.. space.Constraints.Select(constraint => new LatticeReader(space, constraint))];
        int knobs = space.Knobs.Length;
        var layers = new Layer[knobs + 1];
        var strides = new long[knobs];
        long stride = 1;
        long edges = 0;
        var nodes = new List<long[]> { readers.Select(reader => reader.Constraint.Start).ToArray() };
        for (int knob = 0; knob < knobs; knob++)
        {
            strides[knob] = stride;
            stride *= space.Knobs[knob].Count;
            int[][] groups = Group(space.Knobs[knob], readers, knob);
            edges += (long)groups.Length * nodes.Count;
            if (edges > MaxEdges)
            {
                return null;
            }

            var next = new List<long[]>();
            var numbers = new Dictionary<StateKey, int>();
            var targets = new int[nodes.Count][];
            for (int node = 0; node < nodes.Count; node++)
            {
                targets[node] = new int[groups.Length];
                for (int group = 0; group < groups.Length; group++)
                {
                    targets[node][group] = Step(readers, nodes[node], knob, groups[group][0]) is not { } state ? -1 : NumberOf(state, numbers, next);
                }
            }

            layers[knob] = new Layer(groups, targets, new long[nodes.Count]);
            nodes = next;
        }

        layers[knobs] = new Layer([], [], [.. nodes.Select(_ => 1L)]);
        for (int knob = knobs - 1; knob >= 0; knob--)
        {
            Layer layer = layers[knob];
            for (int node = 0; node < layer.Paths.Length; node++)
            {
                for (int group = 0; group < layer.Groups.Length; group++)
                {
                    layer.Paths[node] += layer.Weight(node, group, layers[knob + 1]);
                }
            }
        }

        return new SpaceLattice(layers, strides);
    }

    /// <summary>One point, each equally likely.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public long Sample(Random random)
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("No point of the space meets its constraints.");
        }

        long index = 0;
        int node = 0;
        for (int knob = 0; knob < steps.Length; knob++)
        {
            Layer layer = graph[knob];
            long draw = random.NextInt64(layer.Paths[node]);
            int group = 0;
            long weight = layer.Weight(node, 0, graph[knob + 1]);
            while (draw >= weight)
            {
                draw -= weight;
                group++;
                weight = layer.Weight(node, group, graph[knob + 1]);
            }

            int target = layer.Targets[node][group];
            index += steps[knob] * layer.Groups[group][(int)(draw / graph[knob + 1].Paths[target])];
            node = target;
        }

        return index;
    }

    /// <summary>Every point once.</summary>
    public IEnumerable<long> Enumerate() => Enumerate(0, 0, 0);

    private static int[][] Group(Knob knob, LatticeReader[] readers, int place) =>
    [
        .. Enumerable.Range(0, knob.Count)
            .GroupBy(entity => new StateKey([.. readers.Where(reader => reader.Reads(place)).Select(reader => reader.Value(place, entity))]))
            .Select(group => group.ToArray()),
    ];

    private static long[]? Step(LatticeReader[] readers, long[] states, int place, int entity)
    {
        var next = new long[states.Length];
        for (int i = 0; i < readers.Length; i++)
        {
            if (!readers[i].TryStep(states[i], place, entity, out next[i]))
            {
                return null;
            }
        }

        return next;
    }

    private static int NumberOf(long[] state, Dictionary<StateKey, int> numbers, List<long[]> nodes)
    {
        var key = new StateKey([.. state]);
        if (!numbers.TryGetValue(key, out int number))
        {
            numbers[key] = number = nodes.Count;
            nodes.Add(state);
        }

        return number;
    }

    private IEnumerable<long> Enumerate(int knob, int node, long index)
    {
        if (knob == steps.Length)
        {
            yield return index;
            yield break;
        }

        Layer layer = graph[knob];
        for (int group = 0; group < layer.Groups.Length; group++)
        {
            if (layer.Weight(node, group, graph[knob + 1]) > 0)
            {
                foreach (int entity in layer.Groups[group])
                {
                    foreach (long point in Enumerate(knob + 1, layer.Targets[node][group], index + (steps[knob] * entity)))
                    {
                        yield return point;
                    }
                }
            }
        }
    }

    private sealed record Layer(int[][] Groups, int[][] Targets, long[] Paths)
    {
        public long Weight(int node, int group, Layer next) => Targets[node][group] is >= 0 and var target ? Groups[group].Length * next.Paths[target] : 0;
    }

    private readonly record struct StateKey(ImmutableArray<long> Values)
    {
        public bool Equals(StateKey other) => Values.AsSpan().SequenceEqual(other.Values.AsSpan());

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (long value in Values)
            {
                hash.Add(value);
            }

            return hash.ToHashCode();
        }
    }
}
