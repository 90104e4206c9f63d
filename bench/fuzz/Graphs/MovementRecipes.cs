using Attune.Kernels;

namespace Attune.Bench.Fuzz.Graphs;

/// <summary>Operators that move elements.</summary>
internal static class MovementRecipes
{
    /// <summary>Two to four values, one of them twice now and then, or a constant among them, along any axis.</summary>
    public static void Concatenation(GraphDraw d)
    {
        if (d.PickRank(1, 2, 3, 4, 4, 4) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        int axis = d.Chance(0.6) && shape.Rank > 1 ? 1 : d.Below(shape.Rank);
        bool Fits(Shape other) => other.Rank == shape.Rank && Enumerable.Range(0, shape.Rank).All(i => i == axis || other[i] == shape[i]);
        List<string> parts = [x];
        int count = d.Between(2, 4);
        while (parts.Count < count)
        {
            parts.Insert(d.Below(parts.Count + 1), d.Chance(0.1) ? d.Numbers(shape) : d.Pick(Fits)!);
        }

        // Several producers of one layout, as in inception blocks: a convolution of each part first.
        if (shape.Rank == 4 && axis == 1 && d.Chance(0.4))
        {
            for (int i = 0; i < parts.Count && i < 2; i++)
            {
                if (d.Values.Contains(parts[i]))
                {
                    parts[i] = ImageRecipes.Convolve(d, parts[i], 2, d.OneOf(8, 16, 16, 32, 5), same: true) ?? parts[i];
                }
            }
        }

        if (parts.Sum(part => d.ShapeOf(part).Count) <= GraphDraw.MaxElements)
        {
            d.Add("Concat", parts.ToArray(), ("axis", (long)(d.Chance(0.8) ? axis : axis - shape.Rank)));
        }
    }

    public static void Reshaped(GraphDraw d)
    {
        if (d.PickRank(1, 2, 3, 4, 5) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        if (d.Chance(0.3))
        {
            d.Add("Flatten", [x], ("axis", (long)d.Between(0, shape.Rank)));
            return;
        }

        long[] target = Factors(d, shape);
        if (d.Chance(0.3))
        {
            target[d.Below(target.Length)] = -1;
        }
        else if (d.Chance(0.2) && target[0] == shape[0])
        {
            target[0] = 0;
        }

        d.Add("Reshape", [x, d.Longs(target)]);
    }

    public static void Transposed(GraphDraw d)
    {
        if (d.PickRank(2, 3, 4, 4, 5) is not { } x)
        {
            return;
        }

        int rank = d.ShapeOf(x).Rank;
        long[] order = rank == 4 && d.Chance(0.5) ? d.OneOf<long[]>([0, 2, 3, 1], [0, 3, 1, 2], [0, 2, 1, 3]) : Permutation(d, rank);
        _ = d.Chance(0.1) ? d.Add("Transpose", [x]) : d.Add("Transpose", [x], ("perm", order));
    }

    public static void Sliced(GraphDraw d)
    {
        if (d.PickRank(1, 2, 3, 4, 4, 5) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        int[] axes = [.. Enumerable.Range(0, shape.Rank).Where(_ => d.Chance(0.5)).Take(2)];
        axes = axes.Length == 0 ? [d.Below(shape.Rank)] : axes;
        long[] starts = new long[axes.Length];
        long[] ends = new long[axes.Length];
        long[] steps = new long[axes.Length];
        for (int i = 0; i < axes.Length; i++)
        {
            int extent = shape[axes[i]];
            int first = d.Below(extent);
            int last = d.Between(first, extent - 1);
            bool backwards = d.Opset >= 10 && d.Chance(0.2);
            steps[i] = d.Opset >= 10 && d.Chance(0.3) ? 2 : 1;
            (starts[i], ends[i]) = backwards
                ? (last, first == 0 ? long.MinValue : first - 1)
                : (first, last == extent - 1 && d.Chance(0.5) ? int.MaxValue : last + 1);
            steps[i] = backwards ? -steps[i] : steps[i];
            starts[i] = d.Chance(0.2) && !backwards ? starts[i] - extent : starts[i];
        }

        long[] named = [.. axes.Select(axis => (long)(d.Chance(0.8) ? axis : axis - shape.Rank))];
        if (d.Opset < 10)
        {
            d.Add("Slice", [x], ("starts", starts), ("ends", ends), ("axes", (long[])[.. axes.Select(axis => (long)axis)]));
        }
        else
        {
            d.Add("Slice", [x, d.Longs(starts), d.Longs(ends), d.Longs(named), d.Longs(steps)]);
        }
    }

    public static void SplitUp(GraphDraw d)
    {
        if (d.Pick(shape => shape.Rank > 0 && shape.Dimensions.Any(extent => extent > 1)) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        int axis = d.OneOf([.. Enumerable.Range(0, shape.Rank).Where(i => shape[i] > 1)]);
        int first = d.Chance(0.5) && shape[axis] % 2 == 0 ? shape[axis] / 2 : d.Between(1, shape[axis] - 1);
        long[] parts = [first, shape[axis] - first];
        _ = d.Opset < 13 ? d.Add("Split", [x], 2, ("axis", (long)axis), ("split", parts)) : d.Add("Split", [x, d.Longs(parts)], 2, ("axis", (long)axis));
    }

    /// <summary>Axes of extent one come and go.</summary>
    public static void UnitAxes(GraphDraw d)
    {
        if (d.Chance(0.5) && d.Pick(shape => shape.Rank > 1 && shape.Dimensions.Contains(1)) is { } thin)
        {
            Shape shape = d.ShapeOf(thin);
            long[] axes = [d.OneOf([.. Enumerable.Range(0, shape.Rank).Where(axis => shape[axis] == 1)])];
            _ = d.Opset < 13 ? d.Add("Squeeze", [thin], ("axes", axes)) : d.Add("Squeeze", [thin, d.Longs(axes)]);
        }
        else if (d.PickRank(1, 2, 3) is { } x)
        {
            long[] axes = [d.Between(0, d.ShapeOf(x).Rank)];
            _ = d.Opset < 13 ? d.Add("Unsqueeze", [x], ("axes", axes)) : d.Add("Unsqueeze", [x, d.Longs(axes)]);
        }
    }

    public static void Gathered(GraphDraw d)
    {
        if (d.PickRank(1, 2, 3, 4) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        if (d.Chance(0.3))
        {
            d.Add("Identity", [x]);
            return;
        }

        int axis = d.Below(shape.Rank);
        if (shape.Count / shape[axis] * 3 <= GraphDraw.MaxElements)
        {
            d.Add("Gather", [x, d.Longs([.. Enumerable.Range(0, d.Between(1, 3)).Select(_ => (long)d.Below(shape[axis]))])], ("axis", (long)axis));
        }
    }

    /// <summary>Another shape of the same number of elements, of rank 1 to 4: axes joined, split and moved beyond recognition, or just joined.</summary>
    private static long[] Factors(GraphDraw d, Shape shape)
    {
        if (shape.Rank > 2 && d.Chance(0.4))
        {
            // Pixels become a sequence, or heads leave the channels: one axis joined to its neighbour.
            int joined = d.Between(0, shape.Rank - 2);
            return [.. shape.Dimensions[..joined], shape.Dimensions[joined] * shape.Dimensions[joined + 1], .. shape.Dimensions[(joined + 2)..]];
        }

        var extents = new List<long>();
        long rest = shape.Count;
        for (int rank = d.Between(1, 4); rank > 1; rank--)
        {
            long factor = d.OneOf([.. ImageRecipes.Divisors((int)rest).Select(divisor => (long)divisor)]);
            extents.Add(factor);
            rest /= factor;
        }

        extents.Add(rest);
        return [.. extents];
    }

    private static long[] Permutation(GraphDraw d, int rank)
    {
        long[] order = [.. Enumerable.Range(0, rank).Select(axis => (long)axis)];
        for (int i = rank - 1; i > 0; i--)
        {
            int other = d.Below(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }
}
