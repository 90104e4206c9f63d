using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Operators that keep or repeat the elements under another shape.</summary>
internal static class ReshapeRules
{
    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new("Reshape", Reshape),
        new("Flatten", Flatten),
        new("Squeeze", Squeeze),
        new("Unsqueeze", Unsqueeze),
        new("Transpose", Transpose),
        new("Expand", Expand),
        new("Tile", Tile),
    ];

    private static TensorType[]? Reshape(InferenceContext context)
    {
        if (!context.TryIntegers("shape", 1, out long[]? wanted) || wanted is null)
        {
            return context.InputCount > 1 ? null : throw context.Fail("Reshape has no shape.");
        }

        long[] x = context.Extents(0);
        long[] y = [.. wanted];
        bool zeroIsZero = context.Attributes.Int("allowzero", 0) != 0;
        int free = -1;
        long known = 1;
        for (int axis = 0; axis < y.Length; axis++)
        {
            if (y[axis] == -1)
            {
                context.Require(free < 0, "Reshape has two free extents.");
                free = axis;
                continue;
            }

            if (y[axis] == 0 && !zeroIsZero)
            {
                context.Require(axis < x.Length, $"Reshape copies axis {axis} of a tensor of rank {x.Length}.");
                y[axis] = x[axis];
            }

            context.Require(y[axis] >= 0, $"Reshape has the extent {y[axis]}.");
            known = checked(known * y[axis]);
        }

        long count = context.Shape(0).Count;
        if (free >= 0)
        {
            context.Require(known > 0 && count % known == 0, $"{context.Shape(0)} cannot be reshaped to {string.Join('x', wanted)}.");
            y[free] = count / known;
            known = count;
        }

        context.Require(known == count, $"{context.Shape(0)} has {count} elements, {string.Join('x', wanted)} needs {known}.");
        return context.Result(context.Element(0), y);
    }

    private static TensorType[] Flatten(InferenceContext context)
    {
        long[] x = context.Extents(0);
        long axis = context.Attributes.Int("axis", 1);
        context.Require(axis >= -x.Length && axis <= x.Length, $"Axis {axis} is outside a tensor of rank {x.Length}.");
        int split = (int)(axis < 0 ? axis + x.Length : axis);
        return context.Result(context.Element(0), Product(x.AsSpan(0, split)), Product(x.AsSpan(split)));
    }

    private static long Product(ReadOnlySpan<long> extents) => Shape.Of(extents).Count;

    private static TensorType[]? Squeeze(InferenceContext context)
    {
        long[] x = context.Extents(0);
        bool given = context.TryIntegers("axes", 1, out long[]? axes);
        if (given && axes is null)
        {
            return null;
        }

        if (axes is null or { Length: 0 })
        {
            return context.Result(context.Element(0), x.Where(extent => extent != 1).ToArray());
        }

        var dropped = axes.Select(axis => context.Axis(axis, x.Length)).ToHashSet();
        context.Require(dropped.All(axis => x[axis] == 1), $"Squeeze drops an axis of {context.Shape(0)} that is not of extent one.");
        return context.Result(context.Element(0), x.Where((_, axis) => !dropped.Contains(axis)).ToArray());
    }

    private static TensorType[]? Unsqueeze(InferenceContext context)
    {
        if (!context.TryIntegers("axes", 1, out long[]? axes))
        {
            throw context.Fail("Unsqueeze has no axes.");
        }

        if (axes is null)
        {
            return null;
        }

        int rank = context.Shape(0).Rank + axes.Length;
        var added = axes.Select(axis => context.Axis(axis, rank)).ToHashSet();
        context.Require(added.Count == axes.Length, "Unsqueeze names an axis twice.");
        var rest = new Queue<long>(context.Extents(0));
        return context.Result(context.Element(0), Enumerable.Range(0, rank).Select(axis => added.Contains(axis) ? 1 : rest.Dequeue()).ToArray());
    }

    private static TensorType[] Transpose(InferenceContext context)
    {
        long[] x = context.Extents(0);
        long[] order = context.Attributes.Ints("perm") is { } given ? [.. given] : [.. Enumerable.Range(0, x.Length).Reverse().Select(axis => (long)axis)];
        int[] axes = Array.ConvertAll(order, axis => context.Axis(axis, x.Length));
        context.Require(axes.Length == x.Length && axes.Distinct().Count() == x.Length, $"'{string.Join(", ", order)}' is no permutation of {x.Length} axes.");
        return context.Result(context.Element(0), Array.ConvertAll(axes, axis => x[axis]));
    }

    private static TensorType[]? Expand(InferenceContext context)
    {
        if (context.Integers(1) is not { } wanted)
        {
            return null;
        }

        context.Require(Array.TrueForAll(wanted, extent => extent >= 0), "Expand has a negative extent.");
        Shape joined = Broadcasting.Join(context.Shape(0), Shape.Of(wanted)) ?? throw context.Fail(
            $"{context.Shape(0)} does not stretch to {string.Join('x', wanted)}.");
        return [new TensorType(context.Element(0), joined)];
    }

    private static TensorType[]? Tile(InferenceContext context)
    {
        if (context.Integers(1) is not { } repeats)
        {
            return null;
        }

        long[] x = context.Extents(0);
        context.Require(repeats.Length == x.Length, $"Tile needs {x.Length} counts, not {repeats.Length}.");
        return context.Result(context.Element(0), x.Select((extent, axis) => checked(extent * repeats[axis])).ToArray());
    }
}
