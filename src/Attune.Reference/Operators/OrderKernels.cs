using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Operators about order: the k best, distinct values, running sums.</summary>
internal static class OrderKernels
{
    public static void Register(KernelTable table)
    {
        table.AddExact("TopK", GuardBest, Best, static _ => 2);
        table.AddExact("Unique", GuardDistinct, Distinct, static _ => 4);
        table.Add("CumSum", GuardRunning, static call => Running(call, 0, static (a, b) => unchecked(a + b), static (a, b) => a + b));
        table.Add("CumProd", GuardRunning, static call => Running(call, 1, static (a, b) => unchecked(a * b), static (a, b) => a * b));
    }

    private static void GuardBest(NodeFacts node)
    {
        Guards.Number(node, 0);
        Shape x = node.Shape(0);
        int axis = node.AxisAttribute(-1, x.Rank);
        if (node.Opset >= 10)
        {
            Guards.Present(node, 2);
            Guards.Index(node, 1);
            Guards.One(node, 1);
        }

        long? stated = node.Opset < 10 ? node.Int("k", -1) : node.Known(1) is Tensor given ? Numbers.ToLong(given) : null;
        if (stated is long k && (k < 0 || k > x.Dimensions[axis]))
        {
            throw node.Malformed($"{k} elements cannot be chosen along axis {axis} of {x}");
        }
    }

    private static Tensor[] Best(KernelCall call)
    {
        Tensor x = call.Input(0);
        int axis = call.AxisAttribute(-1, x.Shape.Rank);
        long k = call.Opset < 10 ? call.Int("k", -1) : Numbers.ToLong(call.Input(1));
        bool largest = call.Flag("largest", absent: true);
        return x.Element switch
        {
            DataType.Int64 => Best(x, x.Elements<long>(), axis, k, largest),
            DataType.UInt64 => Best(x, x.Elements<ulong>(), axis, k, largest),
            _ => Best(x, Numbers.ToDoubles(x), axis, k, largest),
        };
    }

    private static Tensor[] Best<T>(Tensor x, T[] values, int axis, long k, bool largest)
    {
        var shape = new Shape(x.Shape.Dimensions.SetItem(axis, k));
        (int[] groups, int[] members) = Indexing.Grouped(x.Shape, [axis]);
        (int[] targets, int[] slots) = Indexing.Grouped(shape, [axis]);
        var positions = new int[checked((int)shape.Count)];
        var indices = new long[positions.Length];
        for (int group = 0; group < groups.Length && k > 0; group++)
        {
            // The sorts are stable, so of equal elements the first comes first, as the operator demands.
            IEnumerable<int> all = Enumerable.Range(0, members.Length);
            IEnumerable<int> order = largest
                ? all.OrderByDescending(i => values[groups[group] + members[i]])
                : all.OrderBy(i => values[groups[group] + members[i]]);
            int slot = 0;
            foreach (int i in order.Take((int)k))
            {
                positions[targets[group] + slots[slot]] = groups[group] + members[i];
                indices[targets[group] + slots[slot]] = i;
                slot++;
            }
        }

        return [Indexing.Take(x, shape, positions), Tensor.Of(shape, indices)];
    }

    private static void GuardDistinct(NodeFacts node)
    {
        Guards.Present(node, 1);
        if (node.Attributes.Has("axis"))
        {
            node.AxisAttribute(0, node.Shape(0).Rank);
        }
    }

    private static Tensor[] Distinct(KernelCall call)
    {
        Tensor x = call.Attributes.Has("axis") ? call.Input(0) : call.Input(0).Reshape(Shape.Of(call.Input(0).Count));
        int axis = call.AxisAttribute(0, x.Shape.Rank);
        int[] others = [.. Enumerable.Range(0, x.Shape.Rank).Where(i => i != axis)];
        (int[] starts, int[] members) = Indexing.Grouped(x.Shape, others);
        Comparison<int> compare = x.Element switch
        {
            DataType.String => Lexicographic(x.Elements<string>(), members, StringComparer.Ordinal),
            DataType.Int64 => Lexicographic(x.Elements<long>(), members, Comparer<long>.Default),
            DataType.UInt64 => Lexicographic(x.Elements<ulong>(), members, Comparer<ulong>.Default),
            _ => Lexicographic(Numbers.ToDoubles(x), members, Comparer<double>.Default),
        };

        // First occurrences, in order of appearance; then each slice is counted with the first one that equals it.
        var ranked = new SortedDictionary<int, List<int>>(Comparer<int>.Create(compare));
        for (int i = 0; i < starts.Length; i++)
        {
            if (!ranked.TryGetValue(starts[i], out List<int>? same))
            {
                ranked.Add(starts[i], same = []);
            }

            same.Add(i);
        }

        List<int>[] classes = [.. ranked.Values];
        if (!call.Flag("sorted", absent: true))
        {
            Array.Sort(classes, static (a, b) => a[0].CompareTo(b[0]));
        }

        int[][] coordinates = LayoutKernels.Everything(x.Shape);
        coordinates[axis] = [.. classes.Select(same => same[0])];
        var inverse = new long[starts.Length];
        for (int rank = 0; rank < classes.Length; rank++)
        {
            foreach (int i in classes[rank])
            {
                inverse[i] = rank;
            }
        }

        return [
            LayoutKernels.Cross(x, coordinates),
            Tensor.Vector<long>([.. classes.Select(same => (long)same[0])]),
            Tensor.Vector(inverse),
            Tensor.Vector<long>([.. classes.Select(same => (long)same.Count)])];
    }

    private static Comparison<int> Lexicographic<T>(T[] values, int[] members, IComparer<T> comparer) => (a, b) =>
    {
        foreach (int member in members)
        {
            int order = comparer.Compare(values[a + member], values[b + member]);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    };

    private static void GuardRunning(NodeFacts node)
    {
        Guards.Number(node, 0);
        Guards.Index(node, 1);
        Guards.One(node, 1);
        if (node.Known(1) is Tensor axis)
        {
            node.Axis(Numbers.ToLong(axis), node.Shape(0).Rank);
        }
    }

    private static Tensor Running(KernelCall call, int neutral, Func<long, long, long> whole, Func<double, double, double> real)
    {
        Tensor x = call.Input(0);
        int axis = call.Axis(Numbers.ToLong(call.Input(1)), x.Shape.Rank);
        bool exclusive = call.Flag("exclusive");
        (int[] groups, int[] members) = Indexing.Grouped(x.Shape, [axis]);
        if (call.Flag("reverse"))
        {
            Array.Reverse(members);
        }

        if (Numbers.IsInteger(x.Element))
        {
            long[] integers = (long[])Numbers.ToLongs(x).Clone();
            Accumulate(integers, groups, members, exclusive, neutral, whole);
            return Numbers.FromLongs(integers, x.Element, x.Shape);
        }

        double[] values = (double[])Numbers.ToDoubles(x).Clone();
        Accumulate(values, groups, members, exclusive, neutral, real);
        return Numbers.FromDoubles(values, x.Element, x.Shape);
    }

    private static void Accumulate<T>(T[] values, int[] groups, int[] members, bool exclusive, T neutral, Func<T, T, T> combine)
        where T : struct
    {
        foreach (int group in groups)
        {
            T running = neutral;
            foreach (int member in members)
            {
                T with = combine(running, values[group + member]);
                values[group + member] = exclusive ? running : with;
                running = with;
            }
        }
    }
}
