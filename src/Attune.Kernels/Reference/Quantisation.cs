namespace Attune.Kernels.Reference;

/// <summary>Affine quantisation, real = (q - zero point) * scale, with parameters for the whole tensor or for each index of one axis.</summary>
internal static class Quantisation
{
    /// <summary>The elements minus their zero points; exact.</summary>
    public static double[] Centred(KernelCall call, Tensor x, Tensor? zeroPoint, int axis)
    {
        double[] values = (double[])Numbers.ToDoubles(x).Clone();
        if (zeroPoint is null)
        {
            return values;
        }

        double[] zero = Numbers.ToDoubles(zeroPoint);
        int[] which = ParameterOf(call, x.Shape, zeroPoint, axis);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] -= zero[which[i]];
        }

        return values;
    }

    /// <summary>Real values of quantised elements.</summary>
    public static double[] Dequantise(KernelCall call, Tensor x, Tensor scale, Tensor? zeroPoint, int axis)
    {
        double[] values = Centred(call, x, zeroPoint, axis);
        double[] factor = Numbers.ToDoubles(scale);
        int[] which = ParameterOf(call, x.Shape, scale, axis);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] *= factor[which[i]];
        }

        return values;
    }

    /// <summary>
    /// saturate(round(x / scale) + zero point), ties to even; the zero point's type is the result's, unsigned bytes when there is none.
    /// Where the operator defines the quotient in single precision it decides which values are ties.
    /// </summary>
    public static Tensor Quantise(KernelCall call, double[] x, Shape shape, Tensor scale, Tensor? zeroPoint, int axis, bool single = false)
    {
        double[] factor = Numbers.ToDoubles(scale);
        double[] zero = zeroPoint is null ? [0] : Numbers.ToDoubles(zeroPoint);
        int[] scales = ParameterOf(call, shape, scale, axis);
        int[] zeros = zeroPoint is null ? new int[x.Length] : ParameterOf(call, shape, zeroPoint, axis);
        var result = new double[x.Length];
        for (int i = 0; i < result.Length; i++)
        {
            double quotient = single ? (float)x[i] / (float)factor[scales[i]] : x[i] / factor[scales[i]];
            result[i] = Math.Round(quotient, MidpointRounding.ToEven) + zero[zeros[i]];
        }

        return Numbers.FromDoubles(result, zeroPoint?.Element ?? DataType.UInt8, shape);
    }

    /// <summary>For each element, the index of its parameter.</summary>
    private static int[] ParameterOf(KernelCall call, Shape shape, Tensor parameter, int axis)
    {
        int count = checked((int)shape.Count);
        if (parameter.Count == 1)
        {
            return new int[count];
        }

        if (axis < 0 || axis >= shape.Rank)
        {
            throw call.Malformed($"axis {axis} does not exist in {shape}");
        }

        if (parameter.Count != shape[axis])
        {
            throw parameter.Shape.Rank == 1
                ? call.Malformed($"{parameter.Count} parameters do not fit axis {axis} of {shape}")
                : call.Unsupported($"quantisation parameters of shape {parameter.Shape}");
        }

        int inner = Indexing.Product(shape, axis + 1, shape.Rank);
        var which = new int[count];
        for (int i = 0; i < count; i++)
        {
            which[i] = i / inner % shape[axis];
        }

        return which;
    }
}
