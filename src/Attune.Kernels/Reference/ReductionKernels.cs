namespace Attune.Kernels.Reference;

/// <summary>Reductions over axes, and the position of extremes. Floats are accumulated in double precision, integers in 64 bits.</summary>
internal static class ReductionKernels
{
    private delegate double Reduction(ReadOnlySpan<double> values);

    private delegate long WholeReduction(ReadOnlySpan<long> values);

    public static void Register(KernelTable table)
    {
        Add(table, "ReduceSum", Sum, WholeSum, newestAttributeOpset: 12);
        Add(table, "ReduceMean", static v => Sum(v) / v.Length, static v => v.Length == 0 ? 0 : WholeSum(v) / v.Length);
        Add(table, "ReduceMax", static v => Extreme(v, static (a, b) => Math.Max(a, b), double.NegativeInfinity), static v => Extreme(v, Math.Max));
        Add(table, "ReduceMin", static v => Extreme(v, static (a, b) => Math.Min(a, b), double.PositiveInfinity), static v => Extreme(v, Math.Min));
        Add(table, "ReduceProd", Product, WholeProduct);
        Add(table, "ReduceL1", static v => Sum(v, Math.Abs), static v => WholeSum(v, static x => unchecked(x < 0 ? -x : x)));
        Add(table, "ReduceL2", static v => Math.Sqrt(Sum(v, static x => x * x)));
        Add(table, "ReduceSumSquare", static v => Sum(v, static x => x * x), static v => WholeSum(v, static x => unchecked(x * x)));
        Add(table, "ReduceLogSum", static v => Math.Log(Sum(v)));
        Add(table, "ReduceLogSumExp", LogSumExp);
        table.Add("ArgMax", static call => Position(call, 1));
        table.Add("ArgMin", static call => Position(call, -1));
    }

    /// <summary>Shape after reducing axes.</summary>
    public static Shape Reduced(Shape shape, IReadOnlyCollection<int> axes, bool keep) => keep
        ? new Shape([.. shape.Dimensions.Select((extent, axis) => axes.Contains(axis) ? 1 : extent)])
        : new Shape([.. shape.Dimensions.Where((_, axis) => !axes.Contains(axis))]);

    private static void Add(KernelTable table, string name, Reduction real, WholeReduction? whole = null, int newestAttributeOpset = 17) =>
        table.Add(name, call => Reduce(call, real, whole, newestAttributeOpset));

    private static Tensor Reduce(KernelCall call, Reduction real, WholeReduction? whole, int newestAttributeOpset)
    {
        Tensor x = call.Input(0);
        long[]? given = call.Opset > newestAttributeOpset ? call.InputOrAttribute(1, "axes") : call.Ints("axes");
        if ((given is null || given.Length == 0) && call.Flag("noop_with_empty_axes"))
        {
            return x;
        }

        int[] axes = given is null || given.Length == 0 ? [.. Enumerable.Range(0, x.Shape.Rank)] : call.Axes(given, x.Shape.Rank);
        (int[] groups, int[] members) = Indexing.Grouped(x.Shape, axes);
        Shape shape = Reduced(x.Shape, axes, call.Flag("keepdims", absent: true));
        if (whole is not null && !Numbers.IsFloat(x.Element))
        {
            long[] source = Numbers.ToLongs(x);
            if (x.Element == DataType.UInt64 && source.Any(static v => v < 0))
            {
                throw call.Unsupported("unsigned integers of 2^63 and more");
            }

            long[] results = PerGroup(source, groups, members, values => whole(values));
            return Numbers.FromLongs(results, x.Element, shape);
        }

        return Numbers.FromDoubles(PerGroup(Numbers.ToDoubles(x), groups, members, values => real(values)), x.Element, shape);
    }

    private static T[] PerGroup<T>(T[] source, int[] groups, int[] members, Func<T[], T> function)
    {
        var values = new T[members.Length];
        var results = new T[groups.Length];
        for (int group = 0; group < groups.Length; group++)
        {
            for (int i = 0; i < members.Length; i++)
            {
                values[i] = source[groups[group] + members[i]];
            }

            results[group] = function(values);
        }

        return results;
    }

    private static Tensor Position(KernelCall call, int sign)
    {
        Tensor x = call.Input(0);
        int axis = call.AxisAttribute(0, x.Shape.Rank);
        bool last = call.Flag("select_last_index");
        (int[] groups, int[] members) = Indexing.Grouped(x.Shape, [axis]);
        if (members.Length == 0)
        {
            throw call.Malformed($"axis {axis} of {x.Shape} is empty");
        }

        double[] values = Numbers.ToDoubles(x);
        var positions = new long[groups.Length];
        for (int group = 0; group < groups.Length; group++)
        {
            int best = 0;
            for (int i = 1; i < members.Length; i++)
            {
                double gain = sign * (values[groups[group] + members[i]] - values[groups[group] + members[best]]);
                best = gain > 0 || (last && gain == 0) ? i : best;
            }

            positions[group] = best;
        }

        return Tensor.Of(Reduced(x.Shape, [axis], call.Flag("keepdims", absent: true)), positions);
    }

    private static double Sum(ReadOnlySpan<double> values) => Sum(values, static v => v);

    private static double Sum(ReadOnlySpan<double> values, Func<double, double> of)
    {
        double sum = 0;
        foreach (double v in values)
        {
            sum += of(v);
        }

        return sum;
    }

    private static long WholeSum(ReadOnlySpan<long> values) => WholeSum(values, static v => v);

    private static long WholeSum(ReadOnlySpan<long> values, Func<long, long> of)
    {
        long sum = 0;
        foreach (long v in values)
        {
            sum = unchecked(sum + of(v));
        }

        return sum;
    }

    private static double Product(ReadOnlySpan<double> values)
    {
        double product = 1;
        foreach (double v in values)
        {
            product *= v;
        }

        return product;
    }

    private static long WholeProduct(ReadOnlySpan<long> values)
    {
        long product = 1;
        foreach (long v in values)
        {
            product = unchecked(product * v);
        }

        return product;
    }

    private static double Extreme(ReadOnlySpan<double> values, Func<double, double, double> better, double start)
    {
        double best = start;
        foreach (double v in values)
        {
            best = better(best, v);
        }

        return best;
    }

    private static long Extreme(ReadOnlySpan<long> values, Func<long, long, long> better)
    {
        if (values.Length == 0)
        {
            throw new InvalidOperationException("An empty list of integers has no extreme.");
        }

        long best = values[0];
        foreach (long v in values)
        {
            best = better(best, v);
        }

        return best;
    }

    private static double LogSumExp(ReadOnlySpan<double> values)
    {
        double largest = Extreme(values, Math.Max, double.NegativeInfinity);
        return double.IsInfinity(largest) ? largest : largest + Math.Log(Sum(values, v => Math.Exp(v - largest)));
    }
}
