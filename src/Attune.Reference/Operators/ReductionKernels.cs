using System.Numerics;
using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Reductions over axes, and the position of extremes. Floats are accumulated in double precision, integers in 64 bits.</summary>
internal static class ReductionKernels
{
    private delegate double Reduction(ReadOnlySpan<double> values);

    public static void Register(KernelTable table)
    {
        Add<WholeReductions.Sum>(table, "ReduceSum", Sum, newestAttributeOpset: 12);
        Add<WholeReductions.Mean>(table, "ReduceMean", static v => Sum(v) / v.Length);
        Add<WholeReductions.Maximum>(table, "ReduceMax", static v => Extreme(v, static (a, b) => Math.Max(a, b), double.NegativeInfinity));
        Add<WholeReductions.Minimum>(table, "ReduceMin", static v => Extreme(v, static (a, b) => Math.Min(a, b), double.PositiveInfinity));
        Add<WholeReductions.Product>(table, "ReduceProd", Product);
        Add<WholeReductions.Magnitudes>(table, "ReduceL1", static v => Sum(v, Math.Abs));
        Add<WholeReductions.Squares>(table, "ReduceSumSquare", static v => Sum(v, static x => x * x));
        Add(table, "ReduceL2", static v => Math.Sqrt(Sum(v, static x => x * x)));
        Add(table, "ReduceLogSum", static v => Math.Log(Sum(v)));
        Add(table, "ReduceLogSumExp", LogSumExp);
        table.Add("ArgMax", GuardPosition, static call => Position(call, 1));
        table.Add("ArgMin", GuardPosition, static call => Position(call, -1));
    }

    /// <summary>Shape after reducing axes.</summary>
    public static Shape Reduced(Shape shape, IReadOnlyCollection<int> axes, bool keep) => keep
        ? new Shape([.. shape.Dimensions.Select((extent, axis) => axes.Contains(axis) ? 1 : extent)])
        : new Shape([.. shape.Dimensions.Where((_, axis) => !axes.Contains(axis))]);

    private static void Add(KernelTable table, string name, Reduction real) =>
        table.Add(name, static node => Guard(node, 17), call => Reduce(call, real, 17, null));

    private static void Add<TWhole>(KernelTable table, string name, Reduction real, int newestAttributeOpset = 17)
        where TWhole : WholeReductions.IReduction
        => table.Add(name, node => Guard(node, newestAttributeOpset), call => Reduce(call, real, newestAttributeOpset, Whole<TWhole>));

    private static void Guard(NodeFacts node, int newestAttributeOpset)
    {
        Guards.NotText(node, 0);
        AxesOf(node, newestAttributeOpset);
    }

    /// <summary>The axes to reduce, all of them when none are named; null when they are not known yet.</summary>
    private static int[]? AxesOf(NodeFacts node, int newestAttributeOpset)
    {
        Shape shape = node.Shape(0);
        bool asInput = node.Opset > newestAttributeOpset;
        if (asInput && node.Has(1))
        {
            Guards.Index(node, 1);
            if (node.Awaits(1))
            {
                return null;
            }
        }

        long[] named = (asInput ? node.InputOrAttribute(1, "axes") : node.Ints("axes")) ?? [];
        // With noop_with_empty_axes nothing is combined, but what the operator does to each element is still done.
        return named.Length > 0 ? node.Axes(named, shape.Rank)
            : node.Flag("noop_with_empty_axes") ? []
            : [.. Enumerable.Range(0, shape.Rank)];
    }

    private static Tensor Reduce(KernelCall call, Reduction real, int newestAttributeOpset, Func<Tensor, int[], int[], Shape, Tensor>? whole)
    {
        Tensor x = call.Input(0);
        int[] axes = AxesOf(call, newestAttributeOpset)!;
        (int[] groups, int[] members) = Indexing.Grouped(x.Shape, axes);
        Shape shape = Reduced(x.Shape, axes, call.Flag("keepdims", absent: true));
        return whole is not null && !Numbers.IsFloat(x.Element)
            ? whole(x, groups, members, shape)
            : Numbers.FromDoubles(PerGroup(Numbers.ToDoubles(x), groups, members, values => real(values)), x.Element, shape);
    }

    private static Tensor Whole<TWhole>(Tensor x, int[] groups, int[] members, Shape shape)
        where TWhole : WholeReductions.IReduction
        => x.Element == DataType.UInt64
            ? Tensor.Of(shape, PerGroup(x.Elements<ulong>(), groups, members, static values => TWhole.Of<ulong>(values)))
            : Numbers.FromLongs(PerGroup(Numbers.ToLongs(x), groups, members, static values => TWhole.Of<long>(values)), x.Element, shape);

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

    private static void GuardPosition(NodeFacts node)
    {
        Guards.NotText(node, 0);
        int axis = node.AxisAttribute(0, node.Shape(0).Rank);
        if (node.Shape(0).Dimensions[axis] == 0)
        {
            throw node.Malformed($"axis {axis} of {node.Shape(0)} is empty");
        }
    }

    private static Tensor Position(KernelCall call, int sign)
    {
        Tensor x = call.Input(0);
        int axis = call.AxisAttribute(0, x.Shape.Rank);
        (int[] groups, int[] members) = Indexing.Grouped(x.Shape, [axis]);
        bool last = call.Flag("select_last_index");
        long[] positions = x.Element switch
        {
            DataType.Int64 => Positions(x.Elements<long>(), groups, members, sign, last),
            DataType.UInt64 => Positions(x.Elements<ulong>(), groups, members, sign, last),
            _ => Positions(Numbers.ToDoubles(x), groups, members, sign, last),
        };
        return Tensor.Of(Reduced(x.Shape, [axis], call.Flag("keepdims", absent: true)), positions);
    }

    private static long[] Positions<T>(T[] values, int[] groups, int[] members, int sign, bool last)
        where T : INumber<T>
    {
        var positions = new long[groups.Length];
        for (int group = 0; group < groups.Length; group++)
        {
            int best = 0;
            for (int i = 1; i < members.Length; i++)
            {
                T candidate = values[groups[group] + members[i]];
                T leader = values[groups[group] + members[best]];
                bool better = sign > 0 ? candidate > leader : candidate < leader;
                best = better || (last && candidate == leader) ? i : best;
            }

            positions[group] = best;
        }

        return positions;
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

    private static double Product(ReadOnlySpan<double> values)
    {
        double product = 1;
        foreach (double v in values)
        {
            product *= v;
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

    private static double LogSumExp(ReadOnlySpan<double> values)
    {
        double largest = Extreme(values, Math.Max, double.NegativeInfinity);
        return double.IsInfinity(largest) ? largest : largest + Math.Log(Sum(values, v => Math.Exp(v - largest)));
    }
}
