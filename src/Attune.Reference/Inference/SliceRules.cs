using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Operators that cut, join or frame tensors.</summary>
internal static class SliceRules
{
    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new("Concat", Concat),
        new("Split", Split),
        new("Slice", Slice),
        new("Pad", Pad),
        new("Trilu", ElementwiseRules.SameAsFirst),
        new("ReverseSequence", ElementwiseRules.SameAsFirst),
    ];

    private static TensorType[] Concat(InferenceContext context)
    {
        long[] y = context.Extents(0, 1);
        int axis = context.Axis(context.Attributes.Int("axis", 1), y.Length);
        for (int i = 1; i < context.InputCount; i++)
        {
            long[] x = context.Extents(i);
            context.Require(
                context.Element(i) == context.Element(0) && x.Length == y.Length && x.Where((extent, at) => at != axis && extent != y[at]).Any() is false,
                $"{context.In(i)} cannot be joined to {context.In(0)} along axis {axis}.");
            y[axis] = checked(y[axis] + x[axis]);
        }

        return context.Result(context.Element(0), y);
    }

    private static TensorType[]? Split(InferenceContext context)
    {
        long[] x = context.Extents(0, 1);
        int axis = context.Axis(context.Attributes.Int("axis", 0), x.Length);
        bool given = context.TryIntegers("split", 1, out long[]? parts);
        if (given && parts is null)
        {
            return null;
        }

        if (parts is null)
        {
            int count = context.Node.Outputs.Length;
            long whole = (x[axis] + count - 1) / count;
            parts = [.. Enumerable.Range(0, count).Select(i => Math.Clamp(x[axis] - (i * whole), 0, whole))];
        }

        context.Require(
            parts.Length == context.Node.Outputs.Length && parts.Sum() == x[axis],
            $"The parts {string.Join(", ", parts)} do not add up to {x[axis]} in {context.Node.Outputs.Length} outputs.");
        return Array.ConvertAll(parts, part =>
        {
            long[] y = [.. x];
            y[axis] = part;
            return context.Result(context.Element(0), y)[0];
        });
    }

    private static TensorType[]? Slice(InferenceContext context)
    {
        // Operator set 10 moved the bounds from attributes to inputs; whoever has both means those of its own operator set.
        bool attributes = context.Opset < 10;
        context.Require(!attributes || (context.Attributes.Has("starts") && context.Attributes.Has("ends")), "Slice has no starts or no ends.");
        long[]? starts = attributes ? [.. context.Attributes.Ints("starts")!.Value] : context.Integers(1);
        long[]? ends = attributes ? [.. context.Attributes.Ints("ends")!.Value] : context.Integers(2);
        if (starts is null || ends is null)
        {
            return null;
        }

        long[] y = context.Extents(0);
        long[] all = [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        long[]? axes = attributes ? context.Attributes.Ints("axes") is { } listed ? [.. listed] : all : context.Has(3) ? context.Integers(3) : all;
        long[]? steps = !attributes && context.Has(4) ? context.Integers(4) : [.. Enumerable.Repeat(1L, starts.Length)];
        if (axes is null || steps is null)
        {
            return null;
        }

        context.Require(
            ends.Length == starts.Length && axes.Length == starts.Length && steps.Length == starts.Length,
            "Starts, ends, axes and steps of Slice differ in length.");
        var cut = new HashSet<int>();
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = context.Axis(axes[i], y.Length);
            context.Require(cut.Add(axis), $"Slice cuts axis {axis} twice.");
            context.Require(steps[i] != 0, "A step of Slice is zero.");
            y[axis] = Positions(y[axis], starts[i], ends[i], steps[i]);
        }

        return context.Result(context.Element(0), y);
    }

    // Out-of-range bounds are clamped; with a negative step the first position may be the last element and the end lies before the first.
    private static long Positions(long extent, long start, long end, long step)
    {
        start = start < 0 ? start + extent : start;
        end = end < 0 ? end + extent : end;
        if (step > 0)
        {
            start = Math.Clamp(start, 0, extent);
            end = Math.Clamp(end, 0, extent);
            return end <= start ? 0 : ((end - start - 1) / step) + 1;
        }

        start = Math.Clamp(start, 0, extent - 1);
        end = Math.Clamp(end, -1, extent - 1);
        return start <= end ? 0 : ((start - end - 1) / Magnitude(step)) + 1;
    }

    private static long Magnitude(long step) => step == long.MinValue ? long.MaxValue : -step;

    private static TensorType[]? Pad(InferenceContext context)
    {
        if (!context.TryIntegers("pads", 1, out long[]? pads))
        {
            throw context.Fail("Pad has no pads.");
        }

        long[]? axes = context.Has(3) ? context.Integers(3) : null;
        if (pads is null || (context.Has(3) && axes is null))
        {
            return null;
        }

        long[] y = context.Extents(0);
        axes ??= [.. Enumerable.Range(0, y.Length).Select(axis => (long)axis)];
        context.Require(pads.Length == 2 * axes.Length, $"Pad needs {2 * axes.Length} numbers, not {pads.Length}.");
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = context.Axis(axes[i], y.Length);
            y[axis] = checked(y[axis] + pads[i] + pads[i + axes.Length]);
        }

        return context.Result(context.Element(0), y);
    }
}
