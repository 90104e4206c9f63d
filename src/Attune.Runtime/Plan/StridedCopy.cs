using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Runtime.Plan;

/// <summary>A copy between two dense values: the element at place p of the extents goes from FromOrigin + p · FromSteps to ToOrigin + p · ToSteps.</summary>
/// <param name="Input">Position of the input among the step's.</param>
/// <param name="Output">Position of the output among the step's.</param>
/// <param name="Extents">Extents, outermost first; at least one.</param>
/// <param name="FromSteps">Steps in the input, elements; may be negative.</param>
/// <param name="ToSteps">Steps in the output, elements.</param>
/// <param name="FromOrigin">First element in the input.</param>
/// <param name="ToOrigin">First element in the output.</param>
internal sealed record StridedCopy(int Input, int Output, int[] Extents, long[] FromSteps, long[] ToSteps, long FromOrigin, long ToOrigin)
{
    /// <summary>True when every element that is read and every one that is written lies inside operands of so many elements.</summary>
    public bool StaysWithin(long read, long written) => IsInside(FromOrigin, FromSteps, read) && IsInside(ToOrigin, ToSteps, written);

    private bool IsInside(long origin, long[] steps, long count)
    {
        long first = origin + steps.Select((step, axis) => Math.Min(0, step * (Extents[axis] - 1))).Sum();
        long last = origin + steps.Select((step, axis) => Math.Max(0, step * (Extents[axis] - 1))).Sum();
        return first >= 0 && last < count;
    }

    /// <summary>The copy that permutes axes.</summary>
    /// <param name="shape">Shape of the input.</param>
    /// <param name="order">Axis of the input for each axis of the output; null turns the order round.</param>
    public static StridedCopy OfPermutation(Shape shape, ImmutableArray<long>? order)
    {
        int[] axes = order is { } given ? [.. given.Select(axis => (int)axis)] : [.. Enumerable.Range(0, shape.Rank).Reverse()];
        var permuted = new Shape([.. axes.Select(axis => shape.Dimensions[axis])]);
        long[] from = shape.Strides();
        return Of(0, 0, permuted, [.. axes.Select(axis => from[axis])], permuted.Strides(), 0, 0);
    }

    /// <summary>A copy of a whole shape, axes joined where both sides allow it.</summary>
    public static StridedCopy Of(int input, int output, Shape shape, long[] fromSteps, long[] toSteps, long fromOrigin, long toOrigin)
    {
        var extents = new List<int>();
        var from = new List<long>();
        var to = new List<long>();
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            int extent = shape[axis];
            if (extent == 1)
            {
                continue;
            }

            if (extents.Count > 0 && from[^1] == fromSteps[axis] * extent && to[^1] == toSteps[axis] * extent)
            {
                (extents[^1], from[^1], to[^1]) = (extents[^1] * extent, fromSteps[axis], toSteps[axis]);
                continue;
            }

            extents.Add(extent);
            from.Add(fromSteps[axis]);
            to.Add(toSteps[axis]);
        }

        return extents.Count == 0
            ? new StridedCopy(input, output, [1], [1], [1], fromOrigin, toOrigin)
            : new StridedCopy(input, output, [.. extents], [.. from], [.. to], fromOrigin, toOrigin);
    }
}
