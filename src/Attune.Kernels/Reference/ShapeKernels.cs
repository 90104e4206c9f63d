using System.Collections.Immutable;

namespace Attune.Kernels.Reference;

/// <summary>Operators that only rename axes, tell shapes, convert types or make constants.</summary>
internal static class ShapeKernels
{
    public static void Register(KernelTable table)
    {
        table.AddExact("Identity", static call => call.Input(0));
        table.AddExact("Dropout", Dropout);
        table.AddExact("Shape", ShapeOf);
        table.AddExact("Size", static call => Tensor.Scalar(call.Input(0).Shape.Count));
        table.AddExact("Reshape", Reshape);
        table.AddExact("Flatten", Flatten);
        table.AddExact("Squeeze", Squeeze);
        table.AddExact("Unsqueeze", Unsqueeze);
        table.AddExact("Constant", Constant);
        table.AddExact("ConstantOfShape", ConstantOfShape);
        table.AddExact("Range", Range);
        table.AddExact("EyeLike", Eye);
        table.AddExact("Cast", static call => Numbers.Convert(call.Input(0), TypeOf(call, "to", DataType.Undefined)));
        table.AddExact("CastLike", static call => Numbers.Convert(call.Input(0), call.Input(1).Element));
    }

    /// <summary>An element type from an integer attribute.</summary>
    public static DataType TypeOf(KernelCall call, string attribute, DataType absent)
    {
        var type = (DataType)call.Int(attribute, (long)absent);
        return type != DataType.Undefined && Enum.IsDefined(type) ? type : throw call.Unsupported($"element type {(int)type}");
    }

    private static Tensor[] Dropout(KernelCall call)
    {
        Tensor x = call.Input(0);
        double ratio = call.Optional(1) is Tensor given ? Numbers.ToDouble(given) : call.Float("ratio", 0.5f);
        bool training = call.Opset < 7 ? !call.Flag("is_test") : call.Optional(2) is Tensor mode && Numbers.ToLong(mode) != 0;
        if (training && ratio != 0)
        {
            throw call.Unsupported("random dropping (training mode)");
        }

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

    private static Tensor Reshape(KernelCall call)
    {
        Tensor x = call.Input(0);
        long[] wanted = (long[])(call.InputOrAttribute(1, "shape") ?? throw call.Malformed("the shape is missing")).Clone();
        bool zeroIsZero = call.Flag("allowzero");
        for (int axis = 0; axis < wanted.Length; axis++)
        {
            if (wanted[axis] == 0 && !zeroIsZero)
            {
                wanted[axis] = axis < x.Shape.Rank ? x.Shape.Dimensions[axis] : throw call.Malformed($"axis {axis} of {x.Shape} does not exist");
            }
        }

        int open = Array.IndexOf(wanted, -1L);
        if (open >= 0)
        {
            wanted[open] = 1;
            long rest = wanted.Aggregate(1L, static (product, extent) => checked(product * extent));
            wanted[open] = rest == 0 ? 0 : x.Count / rest;
        }

        if (wanted.Any(static extent => extent < 0))
        {
            throw call.Malformed("the wanted shape has a negative extent");
        }

        return x.Reshape(Shape.Of(wanted));
    }

    private static Tensor Flatten(KernelCall call)
    {
        Tensor x = call.Input(0);
        long given = call.Int("axis", 1);
        // The axis may equal the rank, which puts all elements into one column.
        int axis = given == x.Shape.Rank ? x.Shape.Rank : call.Axis(given, x.Shape.Rank);
        return x.Reshape(Shape.Of(Indexing.Product(x.Shape, 0, axis), Indexing.Product(x.Shape, axis, x.Shape.Rank)));
    }

    private static Tensor Squeeze(KernelCall call)
    {
        Tensor x = call.Input(0);
        int[] axes = call.InputOrAttribute(1, "axes") is long[] given
            ? call.Axes(given, x.Shape.Rank)
            : [.. Enumerable.Range(0, x.Shape.Rank).Where(axis => x.Shape[axis] == 1)];
        return axes.All(axis => x.Shape[axis] == 1)
            ? x.Reshape(ReductionKernels.Reduced(x.Shape, axes, keep: false))
            : throw call.Malformed($"axes ({string.Join(", ", axes)}) of {x.Shape} are not all of extent 1");
    }

    private static Tensor Unsqueeze(KernelCall call)
    {
        Tensor x = call.Input(0);
        long[] given = call.InputOrAttribute(1, "axes") ?? throw call.Malformed("the axes are missing");
        int rank = x.Shape.Rank + given.Length;
        int[] axes = call.Axes(given, rank);
        var old = new Queue<long>(x.Shape.Dimensions);
        return x.Reshape(new Shape([.. Enumerable.Range(0, rank).Select(axis => axes.Contains(axis) ? 1 : old.Dequeue())]));
    }

    private static Tensor Constant(KernelCall call)
    {
        foreach ((string name, object value) in call.Attributes)
        {
            switch (name, value)
            {
                case ("value", Tensor tensor):
                    return tensor;
                case ("value_int", long v):
                    return Tensor.Scalar(v);
                case ("value_float", float v):
                    return Tensor.Scalar(v);
                case ("value_string", string v):
                    return Tensor.Scalar(v);
                case ("value_ints", ImmutableArray<long> v):
                    return Tensor.Vector(v.ToArray());
                case ("value_floats", ImmutableArray<float> v):
                    return Tensor.Vector(v.ToArray());
                case ("value_strings", ImmutableArray<string> v):
                    return Tensor.Vector(v.ToArray());
                default:
                    break;
            }
        }

        throw call.Unsupported("a constant that is neither a tensor nor numbers nor text");
    }

    private static Tensor ConstantOfShape(KernelCall call)
    {
        Tensor value = call.Attributes.Tensor("value") ?? Tensor.Vector(0f);
        var shape = Shape.Of(Numbers.ToLongs(call.Input(0)));
        return value.Count == 1
            ? Indexing.Take(value, shape, new int[checked((int)shape.Count)])
            : throw call.Malformed($"the value must be one element, not {value.Shape}");
    }

    private static Tensor Range(KernelCall call)
    {
        Tensor start = call.Input(0);
        double first = Numbers.ToDouble(start);
        double step = Numbers.ToDouble(call.Input(2));
        if (step == 0)
        {
            throw call.Malformed("the step is zero");
        }

        double count = Math.Max(0, Math.Ceiling((Numbers.ToDouble(call.Input(1)) - first) / step));
        var values = new double[checked((int)count)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = first + (i * step);
        }

        return Numbers.FromDoubles(values, start.Element, Shape.Of(values.Length));
    }

    private static Tensor Eye(KernelCall call)
    {
        Tensor like = call.Input(0);
        if (like.Shape.Rank != 2)
        {
            throw call.Malformed($"a matrix is needed, not {like.Shape}");
        }

        long shift = call.Int("k", 0);
        int columns = like.Shape[1];
        var values = new long[like.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i % columns == (i / columns) + shift ? 1 : 0;
        }

        return Numbers.FromLongs(values, TypeOf(call, "dtype", like.Element), like.Shape);
    }
}
