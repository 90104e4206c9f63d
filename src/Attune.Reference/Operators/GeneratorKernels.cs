using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Operators that make tensors out of attributes, shapes and single numbers.</summary>
internal static class GeneratorKernels
{
    public static void Register(KernelTable table)
    {
        table.AddExact("Constant", static node => ConstantOf(node), static call => ConstantOf(call));
        table.AddExact("ConstantOfShape", GuardConstantOfShape, ConstantOfShape);
        table.AddExact("Range", GuardRange, Range);
        table.AddExact("EyeLike", GuardEye, Eye);
    }

    private static Tensor ConstantOf(NodeFacts node)
    {
        foreach ((string name, object value) in node.Attributes)
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

        throw node.Unsupported("a constant that is neither a tensor nor numbers nor text");
    }

    private static void GuardConstantOfShape(NodeFacts node)
    {
        if (node.Element(0) != DataType.Int64 || node.Shape(0).Rank != 1)
        {
            throw node.Malformed($"the shape must be a list of Int64, not {node.Type(0)}");
        }

        if (node.Attributes.Tensor("value") is Tensor value && value.Count != 1)
        {
            throw node.Malformed($"the value must be one element, not {value.Shape}");
        }

        if (node.Known(0) is Tensor shape && Array.Find(Numbers.ToLongs(shape), static extent => extent < 0) is long negative and < 0)
        {
            throw node.Malformed($"the extent {negative} is negative");
        }
    }

    private static Tensor ConstantOfShape(KernelCall call)
    {
        Tensor value = call.Attributes.Tensor("value") ?? Tensor.Vector(0f);
        var shape = Shape.Of(Numbers.ToLongs(call.Input(0)));
        return Indexing.Take(value, shape, new int[checked((int)shape.Count)]);
    }

    private static void GuardRange(NodeFacts node)
    {
        Guards.Number(node, 0);
        for (int input = 0; input < 3; input++)
        {
            Guards.Same(node, 0, input);
            Guards.One(node, input);
        }

        if (node.Known(2) is Tensor step && Numbers.ToDouble(step) == 0)
        {
            throw node.Malformed("the step is zero");
        }
    }

    private static Tensor Range(KernelCall call)
    {
        Tensor start = call.Input(0);
        if (Numbers.IsInteger(start.Element))
        {
            return WholeRange(call, start);
        }

        double first = Numbers.ToDouble(start);
        double step = Numbers.ToDouble(call.Input(2));
        double count = Math.Max(0, Math.Ceiling((Numbers.ToDouble(call.Input(1)) - first) / step));
        if (!(count <= Array.MaxLength))
        {
            throw call.Malformed($"from {first} in steps of {step} there are {count} elements");
        }

        var values = new double[(int)count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = first + (i * step);
        }

        return Numbers.FromDoubles(values, start.Element, Shape.Of(values.Length));
    }

    private static Tensor WholeRange(KernelCall call, Tensor start)
    {
        Int128 first = Numbers.ToLong(start);
        Int128 step = Numbers.ToLong(call.Input(2));
        Int128 way = Numbers.ToLong(call.Input(1)) - first;
        Int128 count = way == 0 || Int128.IsNegative(way) != Int128.IsNegative(step) ? 0 : ((Int128.Abs(way) - 1) / Int128.Abs(step)) + 1;
        if (count > Array.MaxLength)
        {
            throw call.Malformed($"from {first} in steps of {step} there are {count} elements");
        }

        var values = new long[(int)count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = unchecked((long)(first + (i * step)));
        }

        return Numbers.FromLongs(values, start.Element, Shape.Of(values.Length));
    }

    private static void GuardEye(NodeFacts node)
    {
        if (node.Shape(0).Rank != 2)
        {
            throw node.Malformed($"a matrix is needed, not {node.Shape(0)}");
        }

        if (ShapeKernels.TypeOf(node, "dtype", node.Element(0)) == DataType.String)
        {
            throw node.Unsupported("elements of String");
        }
    }

    private static Tensor Eye(KernelCall call)
    {
        Tensor like = call.Input(0);
        long shift = call.Int("k", 0);
        int columns = like.Shape[1];
        var values = new long[like.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i % columns == (i / columns) + shift ? 1 : 0;
        }

        return Numbers.FromLongs(values, ShapeKernels.TypeOf(call, "dtype", like.Element), like.Shape);
    }
}
