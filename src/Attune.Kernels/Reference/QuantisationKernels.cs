namespace Attune.Kernels.Reference;

/// <summary>Conversions between real and quantised tensors.</summary>
internal static class QuantisationKernels
{
    public static void Register(KernelTable table)
    {
        table.Add("QuantizeLinear", Quantise);
        table.Add("DequantizeLinear", Dequantise);
        table.Add("DynamicQuantizeLinear", Dynamic);
    }

    private static Tensor Quantise(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor? zeroPoint = call.Optional(2);
        if (zeroPoint is null && call.Int("output_dtype", 0) is long type and not 0)
        {
            zeroPoint = Tensor.Zeros((DataType)type, Shape.Scalar);
        }

        return Quantisation.Quantise(call, Numbers.ToDoubles(x), x.Shape, call.Input(1), zeroPoint, AxisOf(call, x), single: x.Element == DataType.Float32);
    }

    private static Tensor Dequantise(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor scale = call.Input(1);
        return Numbers.FromDoubles(Quantisation.Dequantise(call, x, scale, call.Optional(2), AxisOf(call, x)), scale.Element, x.Shape);
    }

    private static int AxisOf(KernelCall call, Tensor x)
    {
        if (call.Int("block_size", 0) != 0)
        {
            throw call.Unsupported("quantisation in blocks");
        }

        long axis = call.Int("axis", 1);
        return (int)(axis < 0 ? axis + x.Shape.Rank : axis);
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
        return [Quantisation.Quantise(call, Numbers.ToDoubles(x), x.Shape, divisor, zeroTensor, 0, single: true), scaleTensor, zeroTensor];
    }
}
