using Attune.Kernels;
using Attune.Reference;

namespace Attune.Bench.Fuzz.Trials;

/// <summary>Errors of sums of products: variances add up with squared weights, roundings count by the sum of magnitudes.</summary>
internal static class LinearRules
{
    // A sum beyond this may have overflowed on one order of its terms and not on another.
    private const double Overflow = 1e36;

    /// <summary>Convolutions and matrix products; a third operand is added.</summary>
    public static float[] Product(Node node, ScaledTensor?[] operands, Tensor result)
    {
        ScaledTensor x = operands[0]!;
        ScaledTensor w = operands[1]!;
        ScaledTensor? bias = operands.Length > 2 ? operands[2] : null;
        float[] magnitude = Run(node, Map(x.Value, Math.Abs), Map(w.Value, Math.Abs), bias is null ? null : Map(bias.Value, Math.Abs));
        double terms = Terms(node, x.Value, w.Value);
        float[] left = Spread(node, x, w, first: true, result.Count, terms);
        float[] right = Spread(node, w, x, first: false, result.Count, terms);
        return ScaleRules.Each(
            result.Count,
            i => magnitude[i] > Overflow ? double.PositiveInfinity : ScaleRules.Root(left[i], right[i], ScaleRules.Rounding * Math.Sqrt(terms) * magnitude[i]));
    }

    /// <summary>Terms of each sum, at least 1.</summary>
    public static double Terms(Node node, Tensor x, Tensor w) =>
        Math.Max(1, node.Operator == "MatMul" ? x.Shape[-1] : w.Count / Math.Max(1, node.Operator == "Conv" ? w.Shape[0] : 1));

    /// <summary>alpha a b + beta c.</summary>
    public static float[] Gemm(Node node, ScaledTensor?[] operands, Tensor result)
    {
        float alpha = node.Attributes.Float("alpha", 1);
        float beta = node.Attributes.Float("beta", 1);
        Node plain = node with
        {
            Opset = Math.Max(node.Opset, 11),
            Inputs = [.. node.Inputs.Take(2)],
            Attributes = node.Attributes.Without("alpha").Without("beta"),
        };
        float[] product = Product(plain, [operands[0], operands[1]], result);
        float[] magnitude = Run(plain, Map(operands[0]!.Value, Math.Abs), Map(operands[1]!.Value, Math.Abs), null);
        ScaledTensor? sum = operands.Length > 2 ? operands[2] : null;
        float[] added = sum is null ? new float[result.Count] : ScaleRules.Stretched(sum.Value, result);
        float[] spread = sum is null ? new float[result.Count] : ScaleRules.Stretched(sum.Scales, result);
        return ScaleRules.Each(result.Count, i => ScaleRules.Root(
            alpha * (double)product[i], beta * (double)spread[i],
            2 * ScaleRules.Rounding * (Math.Abs(alpha * (double)magnitude[i]) + Math.Abs(beta * (double)added[i]))));
    }

    /// <summary>Weighted means and sums: errors are taken as if all had one sign.</summary>
    public static float[] Mean(Node node, ScaledTensor?[] operands, Tensor result)
    {
        Tensor?[] rest = [.. operands.Skip(1).Select(operand => operand?.Value)];
        float[] magnitude = ReferenceKernels.Default.Run(node, [Map(operands[0]!.Value, Math.Abs), .. rest])[0].Elements<float>();
        float[] spread = ReferenceKernels.Default.Run(node, [operands[0]!.Scales, .. rest])[0].Elements<float>();
        double terms = Math.Max(4, (double)operands[0]!.Value.Count / result.Count);
        return ScaleRules.Each(
            result.Count, i => magnitude[i] > Overflow ? double.PositiveInfinity : spread[i] + (ScaleRules.Rounding * Math.Sqrt(terms) * magnitude[i]));
    }

    /// <summary>
    /// What the errors of one operand become: the root of the sum of their squares times the other's squares. Both are brought near one first, so that the
    /// largest squares stay in range; where small ones do not, the plain sum over the root of the number of terms is still known, which the root of the sum of
    /// squares is never below.
    /// </summary>
    private static float[] Spread(Node node, ScaledTensor uncertain, ScaledTensor other, bool first, int count, double terms)
    {
        if (uncertain.Scale is null)
        {
            return new float[count];
        }

        (Tensor errors, double unit) = Squares(uncertain.Scales);
        (Tensor factors, double factor) = Squares(other.Value);
        float[] variance = first ? Run(node, errors, factors, null) : Run(node, factors, errors, null);
        (Tensor e, Tensor f) = (Map(uncertain.Scales, Math.Abs), Map(other.Value, Math.Abs));
        float[] sum = first ? Run(node, e, f, null) : Run(node, f, e, null);
        return ScaleRules.Each(count, i => Math.Max(Math.Sqrt(variance[i]) * unit * factor, sum[i] / Math.Sqrt(terms)));
    }

    private static (Tensor Squares, double Unit) Squares(Tensor tensor)
    {
        double largest = tensor.Elements<float>().Select(Math.Abs).Where(float.IsFinite).DefaultIfEmpty().Max();
        double unit = largest > 0 ? largest : 1;
        return (Map(tensor, number => (float)Math.Pow(number / unit, 2)), unit);
    }

    private static float[] Run(Node node, Tensor x, Tensor w, Tensor? bias)
    {
        Node called = bias is null ? node with { Inputs = [.. node.Inputs.Take(2)] } : node;
        return ReferenceKernels.Default.Run(called, bias is null ? [x, w] : [x, w, bias])[0].Elements<float>();
    }

    private static Tensor Map(Tensor tensor, Func<float, float> map) =>
        Tensor.Of(tensor.Shape, Array.ConvertAll(tensor.Elements<float>(), number => map(number)));
}
