using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>
/// Affine quantisation, real = (q - zero point) * scale, with parameters for the whole tensor, for each index of one axis, or for each block of
/// neighbours along one axis.
/// </summary>
internal static class Quantisation
{
    /// <summary>Conditions on scale and zero point of a tensor.</summary>
    public static void GuardParameters(NodeFacts node, Shape shape, int scale, int zeroPoint, int axis, long block = 0)
    {
        Guards.Real(node, scale);
        CheckFit(node, shape, node.Shape(scale), axis, block);
        if (node.Has(zeroPoint))
        {
            NeedIntegers(node, zeroPoint);
            CheckFit(node, shape, node.Shape(zeroPoint), axis, block);
        }
    }

    /// <summary>Conditions on a quantised tensor and its zero point.</summary>
    public static void GuardCentred(NodeFacts node, int input, int zeroPoint, int axis, long block = 0)
    {
        NeedIntegers(node, input);
        if (node.Has(zeroPoint))
        {
            Guards.Same(node, input, zeroPoint);
            CheckFit(node, node.Shape(input), node.Shape(zeroPoint), axis, block);
        }
    }

    /// <summary>The elements minus their zero points; exact.</summary>
    public static double[] Centred(Tensor x, Tensor? zeroPoint, int axis, long block = 0)
    {
        double[] values = (double[])Numbers.ToDoubles(x).Clone();
        if (zeroPoint is null)
        {
            return values;
        }

        double[] zero = Numbers.ToDoubles(zeroPoint);
        int[] which = ParameterOf(x.Shape, zeroPoint, axis, block);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] -= zero[which[i]];
        }

        return values;
    }

    /// <summary>Real values of quantised elements.</summary>
    public static double[] Dequantise(Tensor x, Tensor scale, Tensor? zeroPoint, int axis, long block = 0)
    {
        double[] values = Centred(x, zeroPoint, axis, block);
        double[] factor = Numbers.ToDoubles(scale);
        int[] which = ParameterOf(x.Shape, scale, axis, block);
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
    public static Tensor Quantise(double[] x, Shape shape, Tensor scale, Tensor? zeroPoint, int axis, bool single = false, long block = 0)
    {
        double[] factor = Numbers.ToDoubles(scale);
        double[] zero = zeroPoint is null ? [0] : Numbers.ToDoubles(zeroPoint);
        int[] scales = ParameterOf(shape, scale, axis, block);
        int[] zeros = zeroPoint is null ? new int[x.Length] : ParameterOf(shape, zeroPoint, axis, block);
        var result = new double[x.Length];
        for (int i = 0; i < result.Length; i++)
        {
            double quotient = single ? (float)x[i] / (float)factor[scales[i]] : x[i] / factor[scales[i]];
            result[i] = Math.Round(quotient, MidpointRounding.ToEven) + zero[zeros[i]];
        }

        return Numbers.FromDoubles(result, zeroPoint?.Element ?? DataType.UInt8, shape);
    }

    private static void NeedIntegers(NodeFacts node, int input)
    {
        if (!Numbers.IsInteger(node.Element(input)))
        {
            throw node.Malformed($"input {input} must hold integers, not {node.Element(input)}");
        }
    }

    private static void CheckFit(NodeFacts node, Shape shape, Shape parameter, int axis, long block)
    {
        if (parameter.Count == 1)
        {
            return;
        }

        if (axis < 0 || axis >= shape.Rank)
        {
            throw node.Malformed($"axis {axis} does not exist in {shape}");
        }

        if (block > 0)
        {
            // One parameter for each block of neighbours; the last block may be shorter.
            long blocks = (shape.Dimensions[axis] + block - 1) / block;
            if (!parameter.Equals(new Shape(shape.Dimensions.SetItem(axis, blocks))))
            {
                throw node.Malformed($"parameters of shape {parameter} do not fit {shape} in blocks of {block} along axis {axis}");
            }
        }
        else if (parameter.Count != shape.Dimensions[axis])
        {
            throw parameter.Rank == 1
                ? node.Malformed($"{parameter.Count} parameters do not fit axis {axis} of {shape}")
                : node.Unsupported($"quantisation parameters of shape {parameter}");
        }
    }

    /// <summary>For each element, the index of its parameter.</summary>
    private static int[] ParameterOf(Shape shape, Tensor parameter, int axis, long block)
    {
        var which = new int[checked((int)shape.Count)];
        if (parameter.Count == 1)
        {
            return which;
        }

        int inner = Indexing.Product(shape, axis + 1, shape.Rank);
        int extent = shape[axis];
        for (int i = 0; i < which.Length; i++)
        {
            int at = i / inner % extent;
            which[i] = block > 0 ? (int)((((i / inner / extent * parameter.Shape[axis]) + (at / block)) * inner) + (i % inner)) : at;
        }

        return which;
    }
}
