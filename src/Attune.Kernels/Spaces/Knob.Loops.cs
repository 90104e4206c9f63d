using System.Collections.Immutable;

namespace Attune.Kernels.Spaces;

/// <content>Knobs over loops: AutoTVM's reorder and annotate kinds, and knobs from a list of entities.</content>
public sealed partial class Knob
{
    private const int MaxEntities = 1 << 20;

    /// <summary>All permutations of some loops in lexicographic order (AutoTVM's policy "all"); entity[i] is the loop at position i.</summary>
    /// <param name="name">Knob name.</param>
    /// <param name="axes">Number of loops, 1 to 9.</param>
    public static Knob Reorder(string name, int axes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(axes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(axes, 9);
        return Reorder(name, Permutations([.. Enumerable.Range(0, axes)]));
    }

    /// <summary>Permutes only the loops from <paramref name="begin"/> to before <paramref name="end"/> (AutoTVM's policy "interval_all").</summary>
    /// <param name="name">Knob name.</param>
    /// <param name="axes">Number of loops.</param>
    /// <param name="begin">First position permuted.</param>
    /// <param name="end">Position after the last permuted; at most 9 after the first.</param>
    public static Knob ReorderInterval(string name, int axes, int begin, int end)
    {
        if (begin < 0 || end > axes || begin >= end || end - begin > 9)
        {
            throw new ArgumentException($"Knob '{name}' cannot permute positions {begin} to {end} of {axes} loops.", nameof(begin));
        }

        int[] all = [.. Enumerable.Range(0, axes)];
        return Reorder(name, Permutations(all[begin..end]).Select(middle => ImmutableArray.Create<int>([.. all[..begin], .. middle, .. all[end..]])));
    }

    /// <summary>
    /// One order that merges chains of loops: at every step the chain with most loops left goes first, ties by the lowest position (AutoTVM's policy
    /// "interleave").
    /// </summary>
    /// <param name="name">Knob name.</param>
    /// <param name="chains">The loops of each chain, outermost first; together every loop once.</param>
    public static Knob Interleave(string name, params ReadOnlySpan<ImmutableArray<int>> chains)
    {
        ImmutableArray<int>[] left = chains.ToArray();
        var order = ImmutableArray.CreateBuilder<int>();
        while (left.Any(chain => !chain.IsEmpty))
        {
            int longest = Array.FindIndex(left, chain => chain.Length == left.Max(other => other.Length));
            order.Add(left[longest][0]);
            left[longest] = left[longest].RemoveAt(0);
        }

        return Reorder(name, [order.ToImmutable()]);
    }

    /// <summary>Listed permutations (AutoTVM's policies "candidate" and "identity").</summary>
    /// <exception cref="ArgumentException">An entity is no permutation of 0..n-1.</exception>
    public static Knob Reorder(string name, IEnumerable<ImmutableArray<int>> orders)
    {
        ImmutableArray<ImmutableArray<int>> entities = [.. orders];
        foreach (ImmutableArray<int> entity in entities)
        {
            if (!entity.Order().SequenceEqual(Enumerable.Range(0, entity.Length)) || entity.Length != entities[0].Length)
            {
                throw new ArgumentException($"Knob '{name}': [{string.Join(", ", entity)}] is no order of its loops.", nameof(orders));
            }
        }

        return new Knob(name, KnobKind.Reorder, entities, [.. entities.Select(entity => string.Join('-', entity))]);
    }

    /// <summary>One annotation per loop, every combination with at most one "vec"; the first loop varies slowest.</summary>
    /// <param name="name">Knob name.</param>
    /// <param name="choices">Annotations each loop may take, from <see cref="Annotations.Names"/>.</param>
    /// <exception cref="ArgumentException">An annotation is unknown, or there are more than a million combinations.</exception>
    public static Knob Annotate(string name, params ReadOnlySpan<ImmutableArray<string>> choices)
    {
        int vector = Annotations.NumberOf("vec");
        IEnumerable<ImmutableArray<int>> entities = [[]];
        long count = 1;
        foreach (ImmutableArray<string> loop in choices)
        {
            int[] numbers = [.. loop.Select(Annotations.NumberOf)];
            count *= numbers.Length;
            if (count > MaxEntities)
            {
                throw new ArgumentException($"Knob '{name}' has more than {MaxEntities} combinations of annotations; leave loops out.", nameof(choices));
            }

            entities = entities.SelectMany(entity => numbers.Select(entity.Add));
        }

        ImmutableArray<ImmutableArray<int>> kept = [.. entities.Where(entity => entity.Count(word => word == vector) <= 1)];
        return new Knob(name, KnobKind.Annotate, kept, [.. kept.Select(entity => string.Join('-', entity.Select(word => Annotations.Names[word])))]);
    }

    /// <summary>Listed splits (AutoTVM's policy "candidate"): every entity is a tuple of factors of one length, outermost first.</summary>
    /// <exception cref="ArgumentException">Entities differ in length, are repeated, or hold a factor below 1.</exception>
    public static Knob Splits(string name, IEnumerable<ImmutableArray<int>> entities)
    {
        ImmutableArray<ImmutableArray<int>> list = [.. entities];
        ImmutableArray<string> labels = [.. list.Select(entity => string.Join('x', entity))];
        if (list.Any(entity => entity.Length != list[0].Length || entity.Any(factor => factor < 1)) || labels.Distinct().Count() != labels.Length)
        {
            throw new ArgumentException($"Knob '{name}' needs distinct tuples of equally many factors of at least 1.", nameof(entities));
        }

        return new Knob(name, KnobKind.Split, list, labels);
    }

    private static IEnumerable<ImmutableArray<int>> Permutations(int[] items)
    {
        if (items.Length <= 1)
        {
            return [[.. items]];
        }

        return items.SelectMany(first => Permutations([.. items.Where(item => item != first)]).Select(rest => rest.Insert(0, first)));
    }
}
