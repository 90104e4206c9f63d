using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Operators that only rename axes, tell shapes or convert types.</summary>
internal static class ShapeKernels
{
    public static void Register(KernelTable table)
    {
        table.AddExact("Identity", Guards.Inputs(1), static call => call.Input(0));
        table.AddExact("Dropout", GuardDropout, Dropout, static _ => 2);
        table.AddExact("Shape", Guards.Inputs(1), ShapeOf);
        table.AddExact("Size", Guards.Inputs(1), static call => Tensor.Scalar(call.Input(0).Shape.Count));
        table.AddExact("Reshape", static node => Reshaped(node), static call => call.Input(0).Reshape(Reshaped(call)!));
        table.AddExact("Flatten", static node => Flattened(node), static call => call.Input(0).Reshape(Flattened(call)));
        table.AddExact("Squeeze", static node => Squeezed(node), static call => call.Input(0).Reshape(Squeezed(call)!));
        table.AddExact("Unsqueeze", static node => Unsqueezed(node), static call => call.Input(0).Reshape(Unsqueezed(call)!));
        table.AddExact("Cast", GuardCast, static call => Numbers.Convert(call.Input(0), TypeOf(call, "to", DataType.Undefined)));
        table.AddExact("CastLike", Guards.Inputs(2), static call => Numbers.Convert(call.Input(0), call.Input(1).Element));
    }

    /// <summary>An element type from an integer attribute.</summary>
    public static DataType TypeOf(NodeFacts node, string attribute, DataType absent)
    {
        long number = node.Int(attribute, (long)absent);
        var type = (DataType)(int)Math.Clamp(number, 0, int.MaxValue);
        return type != DataType.Undefined && Enum.IsDefined(type) ? type : throw node.Unsupported($"element type {ElementTypeNames.Of(number)}");
    }

    private static void GuardCast(NodeFacts node)
    {
        Guards.Present(node, 1);
        TypeOf(node, "to", DataType.Undefined);
    }

    private static void GuardDropout(NodeFacts node)
    {
        Guards.Present(node, 1);
        Guards.NotText(node, 1);
        Guards.One(node, 1);
        Guards.One(node, 2);
        if (node.Has(2))
        {
            Guards.Truth(node, 2);
        }

        bool training = node.Opset < 7 ? !node.Flag("is_test") : node.Known(2) is Tensor mode && Numbers.ToLong(mode) != 0;
        // Nothing is dropped at a ratio of zero; a ratio that is known only at run time decides then.
        double? ratio = !node.Has(1) ? node.Float("ratio", 0.5f) : node.Known(1) is Tensor given ? Numbers.ToDouble(given) : null;
        if (training && ratio is not (null or 0))
        {
            throw node.Unsupported("random dropping (training mode)");
        }
    }

    private static Tensor[] Dropout(KernelCall call)
    {
        Tensor x = call.Input(0);
        bool[] all = new bool[x.Count];
        Array.Fill(all, true);
        Tensor mask = Tensor.Of(x.Shape, all);
        return [x, call.Opset < 10 ? Numbers.Convert(mask, x.Element) : mask];
    }

    private static Tensor ShapeOf(KernelCall call)
    {
        ImmutableArray<long> extents = call.Input(0).Shape.Dimensions;
        long start = call.Int("start", 0);
        long end = call.Int("end", extents.Length);
        int first = (int)Math.Clamp(start < 0 ? start + extents.Length : start, 0, extents.Length);
        int last = (int)Math.Clamp(end < 0 ? end + extents.Length : end, first, extents.Length);
        return Tensor.Vector(extents[first..last].ToArray());
    }

    /// <summary>Shape of the result; null when the wanted shape is not known yet.</summary>
    private static Shape? Reshaped(NodeFacts node)
    {
        Shape x = node.Shape(0);
        if (node.Has(1))
        {
            Guards.Index(node, 1);
        }

        if (node.InputOrAttribute(1, "shape") is not long[] given)
        {
            return node.Has(1) ? null : throw node.Malformed("the shape is missing");
        }

        long[] wanted = (long[])given.Clone();
        bool zeroIsZero = node.Flag("allowzero");
        int free = -1;
        Int128 rest = 1;
        for (int axis = 0; axis < wanted.Length; axis++)
        {
            if (wanted[axis] == 0 && !zeroIsZero)
            {
                wanted[axis] = axis < x.Rank ? x.Dimensions[axis] : throw node.Malformed($"axis {axis} of {x} does not exist");
            }

            if (wanted[axis] == -1)
            {
                free = free < 0 ? axis : throw node.Malformed($"two extents of ({string.Join(", ", given)}) are left open");
                continue;
            }

            rest = wanted[axis] >= 0 && rest <= long.MaxValue ? rest * wanted[axis] : throw node.Malformed($"({string.Join(", ", given)}) is no shape");
        }

        if (free >= 0)
        {
            wanted[free] = rest > 0 && x.Count % rest == 0
                ? (long)(x.Count / rest)
                : throw node.Malformed($"{x} cannot take the shape ({string.Join(", ", given)})");
            rest *= wanted[free];
        }

        return rest == x.Count ? Shape.Of(wanted) : throw node.Malformed($"{x} has {x.Count} elements, the shape ({string.Join(", ", given)}) has {rest}");
    }

    private static Shape Flattened(NodeFacts node)
    {
        Shape x = node.Shape(0);
        long given = node.Int("axis", 1);
        // The axis may equal the rank, which puts all elements into one column.
        int axis = given == x.Rank ? x.Rank : node.Axis(given, x.Rank);
        return Shape.Of(new Shape(x.Dimensions[..axis]).Count, new Shape(x.Dimensions[axis..]).Count);
    }

    /// <summary>Shape of the result; null when the axes are not known yet.</summary>
    private static Shape? Squeezed(NodeFacts node)
    {
        Shape x = node.Shape(0);
        if (node.Awaits(1))
        {
            return null;
        }

        // An empty list says as much as none: every axis of extent 1 goes.
        int[] axes = node.InputOrAttribute(1, "axes") is long[] { Length: > 0 } given
            ? node.Axes(given, x.Rank)
            : [.. Enumerable.Range(0, x.Rank).Where(axis => x.Dimensions[axis] == 1)];
        return axes.All(axis => x.Dimensions[axis] == 1)
            ? ReductionKernels.Reduced(x, axes, keep: false)
            : throw node.Malformed($"axes ({string.Join(", ", axes)}) of {x} are not all of extent 1");
    }

    /// <summary>Shape of the result; null when the axes are not known yet.</summary>
    private static Shape? Unsqueezed(NodeFacts node)
    {
        Shape x = node.Shape(0);
        if (node.InputOrAttribute(1, "axes") is not long[] given)
        {
            return node.Has(1) ? null : throw node.Malformed("the axes are missing");
        }

        int rank = x.Rank + given.Length;
        int[] axes = node.Axes(given, rank);
        var old = new Queue<long>(x.Dimensions);
        return new Shape([.. Enumerable.Range(0, rank).Select(axis => axes.Contains(axis) ? 1 : old.Dequeue())]);
    }
}
