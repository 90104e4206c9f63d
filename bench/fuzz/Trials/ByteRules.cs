using Attune.Kernels;
using Attune.Reference;

namespace Attune.Bench.Fuzz.Trials;

/// <summary>
/// Errors of conversions between floats and bytes, and of sums of bytes. Errors of bytes are in steps: a number that may lie on either side of the middle of
/// two bytes may become either.
/// </summary>
internal static class ByteRules
{
    // One byte too many is no error at random: numbers of one layer lie between bytes together. Where it happens it counts as several deviations.
    private const double Independent = 4;

    // A kernel multiplies by products of scales, or by one over a scale, that were rounded before.
    private const double OwnRoundings = 4;

    /// <summary>Scales of a node's results; null for a node that is none of these.</summary>
    /// <exception cref="ArgumentException">Bytes that may be off have several scales.</exception>
    public static float[]?[]? Of(Node node, ScaledTensor?[] operands, Tensor[] results) => node.Operator switch
    {
        "QuantizeLinear" => [Stored(node, operands, results[0])],
        "DequantizeLinear" => [Loaded(operands, results[0])],
        "DynamicQuantizeLinear" => Ranged(operands[0]!, results),
        "MatMulInteger" or "ConvInteger" => [Summed(node, operands, results[0])],
        _ => null,
    };

    private static float[] Stored(Node node, ScaledTensor?[] operands, Tensor result)
    {
        float[] numbers = operands[0]!.Value.Elements<float>();
        float[] scales = operands[0]!.Scales.Elements<float>();
        float[] bytes = ScaledTensor.NumbersOf(result)!;
        float[] up = At(1);
        float[] down = At(-1);
        return ScaleRules.Each(bytes.Length, i => float.IsFinite(numbers[i]) && float.IsFinite(scales[i])
            ? Math.Max(Math.Abs(up[i] - bytes[i]), Math.Abs(down[i] - bytes[i])) / Independent
            : double.PositiveInfinity);

        float[] At(int side)
        {
            float[] moved = [.. numbers.Select((number, i) =>
                (float)(number + (side * ((ErrorScales.Deviations * scales[i]) + (OwnRoundings * ScaleRules.Rounding * Math.Abs(number))))))];
            Tensor?[] parameters = [Tensor.Of(operands[0]!.Value.Shape, moved), .. operands.Skip(1).Select(operand => operand?.Value)];
            return ScaledTensor.NumbersOf(ReferenceKernels.Default.Run(node, parameters)[0])!;
        }
    }

    private static float[] Loaded(ScaledTensor?[] operands, Tensor result)
    {
        float[] numbers = result.Elements<float>();
        ScaledTensor scale = operands[1]!;
        if (operands[0]!.Scale is not { } steps)
        {
            return ScaleRules.Each(numbers.Length, i => ScaleRules.Rounding * Math.Abs((double)numbers[i]));
        }

        if (scale.Value.Count != 1)
        {
            throw new ArgumentException("There is no rule for bytes that may be off and have several scales.", nameof(operands));
        }

        double step = scale.Value.Elements<float>()[0];
        double relative = step == 0 ? 0 : scale.Scales.Elements<float>()[0] / step;
        return ScaleRules.Each(
            numbers.Length, i => ScaleRules.Root(steps[i] * step, relative * numbers[i], ScaleRules.Rounding * Math.Abs((double)numbers[i])));
    }

    /// <summary>Where numbers may be off, the range may be, and with it every byte by a step and the zero by another one.</summary>
    private static float[]?[] Ranged(ScaledTensor operand, Tensor[] results)
    {
        float largest = operand.Scales.Elements<float>().DefaultIfEmpty().Max();
        float step = results[1].Elements<float>()[0];
        double bytes = largest == 0 && float.IsFinite(step) ? 0 : float.IsFinite(largest) && float.IsFinite(step) ? 2 / Independent : double.PositiveInfinity;
        return
        [
            ScaleRules.Each((int)results[0].Count, _ => bytes),
            [(float)((2 * largest / byte.MaxValue) + (2 * ScaleRules.Rounding * step))],
            null,
        ];
    }

    private static float[] Summed(Node node, ScaledTensor?[] operands, Tensor result)
    {
        Node floats = node with { Operator = node.Operator == "MatMulInteger" ? "MatMul" : "Conv", Inputs = [.. node.Inputs.Take(2)] };
        return LinearRules.Product(floats, [Centred(operands, 0), Centred(operands, 1)], result);
    }

    private static ScaledTensor Centred(ScaledTensor?[] operands, int index)
    {
        float[] bytes = ScaledTensor.NumbersOf(operands[index]!.Value)!;
        float zero = operands.Length > index + 2 && operands[index + 2] is { } point ? ScaledTensor.NumbersOf(point.Value)![0] : 0;
        return new ScaledTensor(Tensor.Of(operands[index]!.Value.Shape, Array.ConvertAll(bytes, value => value - zero)), operands[index]!.Scale);
    }
}
