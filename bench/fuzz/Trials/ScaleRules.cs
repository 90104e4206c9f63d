using Attune.Kernels;
using Attune.Reference;

namespace Attune.Bench.Fuzz.Trials;

/// <summary>How errors go through each operator, and what its own roundings add.</summary>
internal static class ScaleRules
{
    /// <summary>Unit roundoff of 32-bit floats.</summary>
    public const double Rounding = 1.0 / (1 << 24);

    /// <summary>The smallest normal number: exponentials below it may come out as zero, and what follows (a root, say) may make that large.</summary>
    public const double SmallestNormal = 1.17549435e-38;

    // A polynomial for exp or erf is off by a few roundings.
    private const double FunctionRoundings = 4;

    /// <summary>Scales of a node's results, null for results that are no numbers with errors.</summary>
    /// <exception cref="ArgumentException">The operator has no rule.</exception>
    public static float[]?[] Of(Node node, ScaledTensor?[] operands, Tensor[] results)
    {
        switch (node.Operator)
        {
            case "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Identity" or "Transpose" or "Slice" or "Split" or "Concat" or "Gather" or "DepthToSpace"
                or "SpaceToDepth"
                or "MaxPool" or "GlobalMaxPool" or "ReduceMax":
                return Moved(node, operands, results);
            case "Cast":
                // To more digits and back, or from integers that are exact sums.
                return [operands[0]!.Scale ?? new float[results[0].Count]];
            case "Max" or "Min":
                return Moved(node with { Operator = "Max" }, operands, results);
            case "Pad":
                return Moved(node with { Attributes = node.Attributes.Without("value") }, node.Opset < 11 ? operands : [.. operands.Take(2)], results);
            case "Resize" or "Upsample" when node.Attributes.Text("mode", "nearest") == "nearest":
                return Moved(node, operands, results);
            case "Conv" or "ConvTranspose" or "MatMul":
                return [LinearRules.Product(node, operands, results[0])];
            case "Gemm":
                return [LinearRules.Gemm(node, operands, results[0])];
            case "AveragePool" or "GlobalAveragePool" or "ReduceMean" or "ReduceSum" or "Resize" or "Upsample":
                return [LinearRules.Mean(node, operands, results[0])];
            case "Add" or "Sub":
                return [Sum(operands, results[0])];
            case "Mul" or "Div":
                return [Ratio(node, operands, results[0])];
            case "Softmax" or "LogSoftmax":
                return [RowRules.Softmax(node, operands[0]!, results[0])];
            case "LayerNormalization":
                return [RowRules.LayerNorm(node, operands, results[0]), .. new float[]?[results.Length - 1]];
            case "InstanceNormalization":
                return [RowRules.InstanceNorm(node, operands, results[0])];
            case "BatchNormalization":
                return [RowRules.BatchNorm(node, operands, results[0])];
            default:
                return ByteRules.Of(node, operands, results) ?? [Function(node, operands, results[0])];
        }
    }

    /// <summary>Runs the operator itself on the scales of its operands that hold numbers.</summary>
    private static float[]?[] Moved(Node node, ScaledTensor?[] operands, Tensor[] results)
    {
        if (operands.All(operand => operand?.Scale is null))
        {
            return [.. results.Select(result => result.Element == DataType.Float32 ? new float[result.Count] : null)];
        }

        // Of the other operands, shapes and indices mean what they mean; only numbers are errors.
        Tensor[] moved = ReferenceKernels.Default.Run(
            node,
            [.. operands.Select((operand, i) => operand is null ? null : HasNumbers(operand.Value) && IsData(node, i) ? operand.Scales : operand.Value)]);
        return [.. moved.Select((tensor, i) => HasNumbers(results[i]) ? tensor.Elements<float>() : null)];
    }

    private static bool HasNumbers(Tensor tensor) => tensor.Element is DataType.Float32 or DataType.UInt8 or DataType.Int8;

    private static bool IsData(Node node, int operand) => operand == 0 || node.Operator is "Concat" or "Max";

    private static float[] Sum(ScaledTensor?[] operands, Tensor result)
    {
        (float[] a, float[] b) = (Stretched(operands[0]!.Value, result), Stretched(operands[1]!.Value, result));
        (float[] s, float[] t) = (Stretched(operands[0]!.Scales, result), Stretched(operands[1]!.Scales, result));
        return Each(result.Count, i => Root(s[i], t[i], Rounding * (Math.Abs((double)a[i]) + Math.Abs((double)b[i]))));
    }

    private static float[] Ratio(Node node, ScaledTensor?[] operands, Tensor result)
    {
        (float[] a, float[] b) = (Stretched(operands[0]!.Value, result), Stretched(operands[1]!.Value, result));
        (float[] s, float[] t) = (Stretched(operands[0]!.Scales, result), Stretched(operands[1]!.Scales, result));
        float[] y = result.Elements<float>();
        return node.Operator == "Mul"
            ? Each(
                y.Length, i => Root((double)a[i] * t[i], (double)b[i] * s[i], (ErrorScales.Deviations * s[i] * t[i]) + (2 * Rounding * Math.Abs((double)y[i]))))
            : Each(y.Length, i => Math.Abs(b[i]) > 2 * ErrorScales.Deviations * t[i] || t[i] == 0
                ? 2 * Root(s[i] / (double)b[i], (double)y[i] * t[i] / b[i], Rounding * Math.Abs((double)y[i]))
                : double.PositiveInfinity);
    }

    /// <summary>A function of each number: as far as it moves when its argument does.</summary>
    private static float[] Function(Node node, ScaledTensor?[] operands, Tensor result)
    {
        float[] x = operands[0]!.Value.Elements<float>();
        float[] s = operands[0]!.Scales.Elements<float>();
        float[] y = result.Elements<float>();
        float[] up = At(+ErrorScales.Deviations);
        float[] down = At(-ErrorScales.Deviations);
        return Each(y.Length, i =>
        {
            double moved = float.IsNaN(y[i]) == float.IsNaN(up[i]) && float.IsNaN(y[i]) == float.IsNaN(down[i])
                ? Math.Max(Math.Abs((double)up[i] - y[i]), Math.Abs((double)down[i] - y[i])) / ErrorScales.Deviations
                : double.PositiveInfinity;
            moved = up[i] == y[i] && down[i] == y[i] ? 0 : moved;
            return moved + (Rounding * OwnRoundings(node, x[i], y[i]));
        });

        float[] At(double deviations)
        {
            float[] argument = new float[x.Length];
            for (int i = 0; i < x.Length; i++)
            {
                argument[i] = (float)(x[i] + (deviations * s[i]));
            }

            return ReferenceKernels.Default.Run(
                node, [Tensor.Of(operands[0]!.Value.Shape, argument), .. operands.Skip(1).Select(operand => operand?.Value)])[0].Elements<float>();
        }
    }

    private static double OwnRoundings(Node node, double x, double y) => node.Operator switch
    {
        "Relu" or "Clip" or "Abs" or "Neg" => 0,
        "Sigmoid" or "Tanh" or "Erf" => FunctionRoundings,
        "Exp" => (FunctionRoundings * (1 + Math.Abs(x)) * Math.Abs(y)) + (SmallestNormal / Rounding),
        "Gelu" or "HardSwish" => FunctionRoundings * (Math.Abs(x) + Math.Abs(y)),
        "HardSigmoid" => 1 + Math.Abs(node.Attributes.Float("beta", 0.5f)),
        "LeakyRelu" or "PRelu" or "Sqrt" or "Pow" or "Softplus" or "Elu" or "Selu" or "Softsign" => FunctionRoundings * Math.Abs(y),
        _ => throw new ArgumentException($"There is no rule for the errors of {node.Operator}.", nameof(node)),
    };

    /// <summary>The numbers of a tensor stretched to a result's shape.</summary>
    public static float[] Stretched(Tensor tensor, Tensor result)
    {
        if (tensor.Shape.Equals(result.Shape))
        {
            return tensor.Elements<float>();
        }

        var expand = new Node("stretch", "Expand", 13, ["x", "shape"], ["y"], Attributes.None);
        return ReferenceKernels.Default.Run(expand, [tensor, Tensor.Vector([.. result.Shape.Dimensions])])[0].Elements<float>();
    }

    public static float[] Each(int count, Func<int, double> scale)
    {
        var scales = new float[count];
        for (int i = 0; i < count; i++)
        {
            scales[i] = (float)scale(i);
        }

        return scales;
    }

    public static double Root(double a, double b, double c = 0) => Math.Sqrt((a * a) + (b * b) + (c * c));
}
