using Attune.Kernels;

namespace Attune.Bench.Fuzz.Trials;

/// <summary>Errors of operators that look at whole rows.</summary>
internal static class RowRules
{
    private const double Roundings = 8;

    // Beyond this a change of the exponent is no longer small, and anything may happen.
    private const double MaxMoved = 60;

    public static float[] Softmax(Node node, ScaledTensor x, Tensor result)
    {
        Shape shape = result.Shape;
        int axis = (int)node.Attributes.Int("axis", node.Opset >= 13 ? -1 : 1);
        axis = axis < 0 ? axis + shape.Rank : axis;
        long inner = shape.Dimensions[(axis + 1)..].Aggregate(1L, (product, extent) => product * extent);
        long length = node.Opset >= 13 ? shape.Dimensions[axis] : shape.Dimensions[axis..].Aggregate(1L, (product, extent) => product * extent);
        long step = node.Opset >= 13 ? inner : 1;
        float[] numbers = x.Value.Elements<float>();
        float[] scales = x.Scales.Elements<float>();
        float[] y = result.Elements<float>();
        bool logarithm = node.Operator == "LogSoftmax";
        var answer = new float[y.Length];
        Rows(y.Length, length, step, row =>
        {
            double common = 0;
            double largest = 0;
            foreach (long i in row)
            {
                double share = logarithm ? Math.Exp(y[i]) : y[i];
                common += Math.Pow(share * scales[i], 2);
                largest = Math.Max(largest, Math.Abs(numbers[i]));
            }

            foreach (long i in row)
            {
                // The last part is the row's sum, by which all are divided.
                double moved = Math.Sqrt(Math.Pow(scales[i], 2) + common) + (ScaleRules.Rounding * (Roundings + (2 * largest) + Math.Sqrt(length)));
                double all = ErrorScales.Deviations * moved;
                answer[i] = (float)(logarithm ? moved + (ScaleRules.Rounding * Math.Abs(y[i]))
                    : all < MaxMoved ? (y[i] * (Math.Exp(all) - 1) / ErrorScales.Deviations) + ScaleRules.SmallestNormal
                    : double.PositiveInfinity);
            }
        });
        return answer;
    }

    public static float[] LayerNorm(Node node, ScaledTensor?[] operands, Tensor result)
    {
        Shape shape = result.Shape;
        int axis = (int)node.Attributes.Int("axis", -1);
        axis = axis < 0 ? axis + shape.Rank : axis;
        long length = shape.Dimensions[axis..].Aggregate(1L, (product, extent) => product * extent);
        float[] scale = operands[1]!.Value.Elements<float>();
        float[] sum = operands.Length > 2 && operands[2] is { } bias ? bias.Value.Elements<float>() : new float[scale.Length];
        return Normalised(operands[0]!, length, node.Attributes.Float("epsilon", 1e-5f), i => (scale[i % scale.Length], sum[i % sum.Length]));
    }

    public static float[] InstanceNorm(Node node, ScaledTensor?[] operands, Tensor result)
    {
        long plane = result.Shape.Dimensions[2..].Aggregate(1L, (product, extent) => product * extent);
        float[] scale = operands[1]!.Value.Elements<float>();
        float[] sum = operands[2]!.Value.Elements<float>();
        return Normalised(operands[0]!, plane, node.Attributes.Float("epsilon", 1e-5f), i => (scale[i / plane % scale.Length], sum[i / plane % sum.Length]));
    }

    public static float[] BatchNorm(Node node, ScaledTensor?[] operands, Tensor result)
    {
        long plane = result.Shape.Dimensions.Skip(2).Aggregate(1L, (product, extent) => product * extent);
        float[][] p = [.. operands.Skip(1).Select(operand => operand!.Value.Elements<float>())];
        float epsilon = node.Attributes.Float("epsilon", 1e-5f);
        float[] x = operands[0]!.Value.Elements<float>();
        float[] s = operands[0]!.Scales.Elements<float>();
        return ScaleRules.Each(result.Count, i =>
        {
            long c = i / plane % p[0].Length;
            double factor = Math.Abs(p[0][c]) / Math.Sqrt(p[3][c] + (double)epsilon);
            return (factor * s[i]) + (4 * ScaleRules.Rounding * ((factor * (Math.Abs((double)x[i]) + Math.Abs(p[2][c]))) + Math.Abs(p[1][c])));
        });
    }

    private static float[] Normalised(ScaledTensor x, long length, double epsilon, Func<long, (float Scale, float Sum)> affine)
    {
        float[] numbers = x.Value.Elements<float>();
        float[] scales = x.Scales.Elements<float>();
        var answer = new float[numbers.Length];
        Rows(numbers.Length, length, 1, row =>
        {
            double mean = row.Average(i => (double)numbers[i]);
            double variance = row.Average(i => Math.Pow(numbers[i] - mean, 2));
            double magnitude = row.Max(i => Math.Abs((double)numbers[i]));
            double[] own = [.. row.Select(i => scales[i] + (2 * ScaleRules.Rounding * magnitude))];
            double moved = own.Average();
            double spread = 2 * Math.Sqrt(
                row.Select((i, at) => Math.Pow((numbers[i] - mean) * own[at], 2)).Sum()) / length + (ErrorScales.Deviations * moved * moved);
            double deviation = Math.Sqrt(variance + epsilon);
            double relative = spread / (2 * (variance + epsilon));
            for (int at = 0; at < row.Length; at++)
            {
                (float factor, float sum) = affine(row[at]);
                double normal = Math.Abs(numbers[row[at]] - mean) / deviation;
                double moves = ((own[at] + moved) / deviation) + (2 * normal * relative) + (Roundings * ScaleRules.Rounding * (1 + normal));
                answer[row[at]] = ErrorScales.Deviations * relative > 0.5
                    ? float.PositiveInfinity
                    : (float)((Math.Abs(factor) * moves) + (ScaleRules.Rounding * Math.Abs(sum)));
            }
        });
        return answer;
    }

    /// <summary>Visits rows of a length whose elements lie a step apart.</summary>
    private static void Rows(int count, long length, long step, Action<long[]> visit)
    {
        for (long row = 0; row < count / length; row++)
        {
            long first = (row / step * step * length) + (row % step);
            visit([.. Enumerable.Range(0, (int)length).Select(i => first + (i * step))]);
        }
    }
}
