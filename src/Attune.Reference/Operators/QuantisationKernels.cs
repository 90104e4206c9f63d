using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Conversions between real and quantised tensors.</summary>
internal static class QuantisationKernels
{
    public static void Register(KernelTable table)
    {
        table.Add("QuantizeLinear", GuardQuantise, Quantise);
        table.Add("DequantizeLinear", GuardDequantise, Dequantise);
        table.Add("DynamicQuantizeLinear", GuardDynamic, Dynamic, 3);
    }

    public static void GuardQuantise(NodeFacts node)
    {
        Guards.Number(node, 0);
        Quantisation.GuardParameters(node, node.Shape(0), 1, 2, AxisOf(node), BlockOf(node));
        var type = (DataType)node.Int("output_dtype", 0);
        if (type != DataType.Undefined && !Numbers.IsInteger(type))
        {
            throw node.Unsupported($"results of element type {ElementTypeNames.Of((long)type)}");
        }

        if (type != DataType.Undefined && node.Has(2) && node.Element(2) != type)
        {
            throw node.Malformed($"output_dtype {type} contradicts the zero point of {node.Element(2)}");
        }
    }

    public static Tensor Quantise(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor? zeroPoint = call.Optional(2);
        if (zeroPoint is null && call.Int("output_dtype", 0) is long type and not 0)
        {
            zeroPoint = Tensor.Zeros((DataType)type, Shape.Scalar);
        }

        return Quantisation.Quantise(
            Numbers.ToDoubles(x), x.Shape, call.Input(1), zeroPoint, AxisOf(call), single: x.Element == DataType.Float32, BlockOf(call));
    }

    public static void GuardDequantise(NodeFacts node)
    {
        Quantisation.GuardParameters(node, node.Shape(0), 1, 2, AxisOf(node), BlockOf(node));
        Quantisation.GuardCentred(node, 0, 2, AxisOf(node), BlockOf(node));
    }

    public static Tensor Dequantise(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor scale = call.Input(1);
        return Numbers.FromDoubles(Quantisation.Dequantise(x, scale, call.Optional(2), AxisOf(call), BlockOf(call)), scale.Element, x.Shape);
    }

    private static int AxisOf(NodeFacts node)
    {
        long axis = node.Int("axis", 1);
        return (int)Math.Clamp(axis < 0 ? axis + node.Shape(0).Rank : axis, -1, int.MaxValue);
    }

    private static long BlockOf(NodeFacts node)
    {
        long block = node.Int("block_size", 0);
        return block is >= 0 and <= int.MaxValue ? block : throw node.Malformed($"blocks of {block} elements make no sense");
    }

    private static void GuardDynamic(NodeFacts node)
    {
        if (Guards.Real(node, 0) != DataType.Float32)
        {
            throw node.Unsupported($"elements of {node.Element(0)}");
        }
    }

    private static Tensor[] Dynamic(KernelCall call)
    {
        Tensor x = call.Input(0);
        float[] values = x.Elements<float>();
        // The range must contain zero, so that zero is represented exactly.
        float low = Math.Min(0, values.DefaultIfEmpty(0).Min());
        float high = Math.Max(0, values.DefaultIfEmpty(0).Max());
        float scale = (high - low) / 255;
        float zero = scale == 0 ? 0 : Math.Clamp(MathF.Round(-low / scale, MidpointRounding.ToEven), 0, 255);
        Tensor scaleTensor = Tensor.Scalar(scale);
        Tensor zeroTensor = Tensor.Scalar((byte)zero);
        Tensor divisor = scale == 0 ? Tensor.Scalar(1f) : scaleTensor;
        return [Quantisation.Quantise(Numbers.ToDoubles(x), x.Shape, divisor, zeroTensor, 0, single: true), scaleTensor, zeroTensor];
    }
}
