using Attune.Kernels;

namespace Attune.Bench.Fuzz.Graphs;

/// <summary>Operators element by element and row by row.</summary>
internal static class ElementwiseRecipes
{
    private static readonly string[] Arithmetic = ["Add", "Add", "Mul", "Mul", "Sub", "Div"];

    /// <summary>Two activations of one shape, or one stretched to the other, or both stretched.</summary>
    public static void Pair(GraphDraw d)
    {
        if (d.PickRank(1, 2, 3, 4, 4, 5) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        string? other = d.Pick(candidate => Joined(shape, candidate) is { } joined && joined.Count <= GraphDraw.MaxElements);
        if (other is null)
        {
            return;
        }

        string operation = d.OneOf(Arithmetic);
        if (operation == "Div")
        {
            // Away from zero, where every error would be infinite.
            other = d.Add("Add", [d.Add("Sigmoid", [other]), d.Scalar(0.5f)]);
        }

        d.Add(operation, d.Chance(0.5) || operation == "Div" ? [x, other] : [other, x]);
    }

    /// <summary>A constant of every shape that stretches to the value's, on either side.</summary>
    public static void WithConstant(GraphDraw d)
    {
        if (d.PickRank(1, 2, 3, 4, 4, 5) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        long[] extents = d.Below(7) switch
        {
            0 => [],
            1 => [shape[-1]],
            2 when shape.Rank > 2 => [shape[1], .. Enumerable.Repeat(1L, shape.Rank - 2)],
            3 when shape.Rank > 2 => [1, shape[1], .. Enumerable.Repeat(1L, shape.Rank - 2)],
            4 => [.. shape.Dimensions],
            5 => [.. shape.Dimensions.Select(extent => d.Chance(0.5) ? extent : 1)],
            _ => [1],
        };
        string operation = d.OneOf(Arithmetic);
        bool first = operation != "Div" && d.Chance(0.4);
        string constant = operation == "Div" ? d.Positive(new Shape([.. extents])) : d.Numbers(new Shape([.. extents]));
        d.Add(operation, first ? [constant, x] : [x, constant]);
    }

    public static void Activation(GraphDraw d)
    {
        if (d.PickRank(1, 2, 3, 4, 4, 5) is { } x)
        {
            Activate(d, x);
        }
    }

    /// <summary>Any activation that has kernels.</summary>
    public static string Activate(GraphDraw d, string x)
    {
        switch (d.Below(10))
        {
            case 0:
                return d.Add("Sigmoid", [x]);
            case 1:
                return d.Add("Tanh", [x]);
            case 2:
                return d.Add("LeakyRelu", [x], ("alpha", d.OneOf(0.01f, 0.2f)));
            case 3:
                return d.Chance(0.5) ? d.Add("HardSigmoid", [x]) : d.Add("HardSigmoid", [x], ("alpha", 1f / 6), ("beta", 0.5f));
            case 4 when d.Opset >= 14:
                return d.Add("HardSwish", [x]);
            case 5 when d.Opset >= 20:
                return d.Add("Gelu", [x], ("approximate", d.OneOf("none", "tanh")));
            case 6 or 7:
                float low = d.OneOf(-1f, 0f, 0f, -0.25f);
                float high = d.OneOf(6f, 1f, 0.5f);
                return d.Opset < 11 ? d.Add("Clip", [x], ("min", low), ("max", high))
                    : d.Chance(0.3) ? d.Add("Clip", [x, string.Empty, d.Constant(Tensor.Scalar(high))])
                    : d.Add("Clip", [x, d.Constant(Tensor.Scalar(low)), d.Constant(Tensor.Scalar(high))]);
            default:
                return d.Add("Relu", [x]);
        }
    }

    public static void Softmax(GraphDraw d)
    {
        if (d.PickRank(1, 2, 3, 4) is not { } x)
        {
            return;
        }

        int rank = d.ShapeOf(x).Rank;
        long axis = d.Chance(0.5) ? rank - 1 : d.Below(rank);
        axis = d.Chance(0.3) ? axis - rank : axis;
        string operation = d.Chance(0.9) ? "Softmax" : "LogSoftmax";
        _ = d.Opset >= 13 && d.Chance(0.2) ? d.Add(operation, [x]) : d.Add(operation, [x], ("axis", axis));
    }

    public static void LayerNorm(GraphDraw d)
    {
        if (d.Opset < 17 || d.PickRank(2, 3, 4) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        int axis = d.Chance(0.7) ? shape.Rank - 1 : d.Below(shape.Rank);
        var normalised = new Shape([.. shape.Dimensions.Skip(axis)]);
        string[] operands = d.Chance(0.8) ? [x, d.Numbers(normalised), d.Numbers(normalised)] : [x, d.Numbers(normalised)];
        d.Add("LayerNormalization", operands, ("axis", (long)(d.Chance(0.5) ? axis : axis - shape.Rank)), ("epsilon", d.OneOf(1e-5f, 1e-3f)));
    }

    public static void Reduced(GraphDraw d)
    {
        if (d.PickRank(2, 3, 4, 4) is not { } x)
        {
            return;
        }

        int rank = d.ShapeOf(x).Rank;
        long[] axes = rank == 4 && d.Chance(0.6) ? d.OneOf<long[]>([2, 3], [3, 2], [-1, -2]) : d.Chance(0.5) ? [d.OneOf(-1, rank - 1)] : [d.Below(rank)];
        string operation = d.OneOf("ReduceMean", "ReduceMean", "ReduceMean", "ReduceSum", "ReduceMax");
        long keep = d.Chance(0.7) || rank == axes.Length ? 1 : 0;
        bool asInput = d.Opset >= (operation == "ReduceSum" ? 13 : 18);
        _ = asInput ? d.Add(operation, [x, d.Longs(axes)], ("keepdims", keep)) : d.Add(operation, [x], ("axes", axes), ("keepdims", keep));
    }

    /// <summary>Operators without kernels, so that values go to the managed heap and back.</summary>
    public static void ReferenceOnly(GraphDraw d)
    {
        if (d.PickRank(1, 2, 3, 4, 4, 5) is not { } x)
        {
            return;
        }

        switch (d.Below(8))
        {
            case 0:
                d.Add(d.OneOf("Abs", "Neg", "Softplus", "Elu", "Selu", "Softsign"), [x]);
                break;
            case 1:
                d.Add("Exp", [d.Add(
                    "Clip", d.Opset < 11 ? [x] : [x, d.Constant(Tensor.Scalar(-8f)), d.Constant(Tensor.Scalar(8f))],
                    d.Opset < 11 ? [("min", -8f), ("max", 8f)] : [])]);
                break;
            case 2:
                d.Add("Sqrt", [d.Add("Abs", [x])]);
                break;
            case 3 when d.Opset >= 9:
                d.Add("Erf", [x]);
                break;
            case 4 when d.Pick(shape => shape.Equals(d.ShapeOf(x))) is { } other:
                d.Add(d.OneOf("Max", "Min"), [x, other]);
                break;
            case 5:
                d.Add("Cast", [d.Add("Cast", [x], ("to", (long)DataType.Float64))], ("to", (long)DataType.Float32));
                break;
            case 6:
                d.Add("PRelu", [x, d.Positive(Shape.Of(d.ShapeOf(x)[-1]))]);
                break;
            default:
                d.Add("Pow", [x, d.Scalar(2f)]);
                break;
        }
    }

    /// <summary>What two shapes stretch to; null when they do not.</summary>
    private static Shape? Joined(Shape a, Shape b)
    {
        var joined = new long[Math.Max(a.Rank, b.Rank)];
        for (int i = 1; i <= joined.Length; i++)
        {
            long left = i <= a.Rank ? a.Dimensions[^i] : 1;
            long right = i <= b.Rank ? b.Dimensions[^i] : 1;
            if (left != right && left != 1 && right != 1)
            {
                return null;
            }

            joined[^i] = Math.Max(left, right);
        }

        return new Shape([.. joined]);
    }
}
