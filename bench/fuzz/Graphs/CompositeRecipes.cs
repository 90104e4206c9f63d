using Attune.Kernels;

namespace Attune.Bench.Fuzz.Graphs;

/// <summary>Patterns that exporters write and passes recognise.</summary>
internal static class CompositeRecipes
{
    /// <summary>Channels weighted by what their means say.</summary>
    public static void SqueezeExcitation(GraphDraw d)
    {
        if (d.Pick(shape => shape.Rank == 4 && shape[1] <= 33) is not { } x)
        {
            return;
        }

        int channels = d.ShapeOf(x)[1];
        int batch = d.ShapeOf(x)[0];
        string squeezed = d.Add("GlobalAveragePool", [x]);
        int narrow = d.OneOf(1, 4, 8, 9);
        string gate;
        if (d.Chance(0.6))
        {
            string inner = ElementwiseRecipes.Activate(
                d, d.Add("Conv", [squeezed, d.Numbers(Shape.Of(narrow, channels, 1, 1), channels), d.Numbers(Shape.Of(narrow))]));
            gate = d.Add("Conv", [inner, d.Numbers(Shape.Of(channels, narrow, 1, 1), narrow)]);
        }
        else
        {
            string flat = d.Add("Flatten", [squeezed]);
            string inner = d.Add("Relu", [MatrixRecipes.Times(d, flat, narrow)!]);
            gate = d.Add("Reshape", [MatrixRecipes.Times(d, inner, channels)!, d.Longs(batch, channels, 1, 1)]);
        }

        string weight = d.Add(d.OneOf("Sigmoid", "HardSigmoid"), [gate]);
        d.Add("Mul", d.Chance(0.5) ? [x, weight] : [weight, x]);
    }

    /// <summary>Two convolutions and a way around them, with normalisation and activation where networks have them.</summary>
    public static void Residual(GraphDraw d)
    {
        if (d.PickRank(4, 4, 3) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        string? inner = ImageRecipes.Convolve(d, x, shape.Rank - 2, d.OneOf(shape[1], 8, 17), same: true);
        if (inner is null || ImageRecipes.Convolve(d, ElementwiseRecipes.Activate(d, inner), shape.Rank - 2, shape[1], same: true) is not { } outer)
        {
            return;
        }

        if (d.Chance(0.5))
        {
            var channels = Shape.Of(shape[1]);
            outer = d.Add(
                "BatchNormalization", [outer, d.Numbers(channels), d.Numbers(channels), d.Numbers(channels), d.Positive(channels)], ("epsilon", 1e-5f));
        }

        string sum = d.Add("Add", d.Chance(0.5) ? [outer, x] : [x, outer]);
        if (d.Chance(0.7))
        {
            ElementwiseRecipes.Activate(d, sum);
        }
    }

    /// <summary>Scaled dot-product attention of several heads, spelt out.</summary>
    public static void Attention(GraphDraw d)
    {
        if (d.Pick(shape => shape.Rank == 3 && shape[1] <= 17 && shape[0] <= 3) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        int heads = d.OneOf(1, 2, 3);
        int size = d.OneOf(1, 4, 5, 8);
        int valueSize = d.Chance(0.8) ? size : d.OneOf(3, 8);
        string other = d.Chance(0.2) ? d.Pick(s => s.Rank == 3 && s[0] == shape[0] && s[1] <= 17) ?? x : x;
        int keys = d.ShapeOf(other)[1];
        string? query = Heads(d, x, heads, size);
        string? key = Heads(d, other, heads, size);
        string? value = Heads(d, other, heads, valueSize);
        if (query is null || key is null || value is null)
        {
            return;
        }

        value = d.Add("Transpose", [value], ("perm", new long[] { 0, 2, 1, 3 }));
        string scores = Scores(d, query, key, size);
        if (d.Chance(0.4))
        {
            Shape mask = d.OneOf(Shape.Of(shape[1], keys), Shape.Of(1, 1, 1, keys), Shape.Of(shape[0], 1, shape[1], keys), Shape.Of(1, heads, shape[1], keys));
            scores = d.Add("Add", d.Chance(0.7) ? [scores, d.Numbers(mask)] : [d.Numbers(mask), scores]);
        }

        string context = d.Add("MatMul", [d.Add("Softmax", [scores], ("axis", d.OneOf(-1L, 3L))), value]);
        string merged = d.Add("Reshape", [d.Add("Transpose", [context], ("perm", new long[] { 0, 2, 1, 3 })), d.Longs(shape[0], shape[1], heads * valueSize)]);
        if (d.Chance(0.5))
        {
            MatrixRecipes.Times(d, merged, d.OneOf(shape[2], 8));
        }
    }

    /// <summary>GELU, SiLU and hard swish in elementary operators.</summary>
    public static void SpeltActivation(GraphDraw d)
    {
        if (d.PickRank(2, 3, 4, 4) is not { } x)
        {
            return;
        }

        // Often behind a product or a convolution, where it would be part of the store.
        x = d.Chance(0.4) && d.ShapeOf(x).Rank == 4
            ? ImageRecipes.Convolve(d, x, 2, same: true) ?? x
            : d.Chance(0.4)
            ? MatrixRecipes.Times(d, x, d.Channel()) ?? x
            : x;
        switch (d.Below(4))
        {
            case 0:
                d.Add("Mul", d.Chance(0.5) ? [x, d.Add("Sigmoid", [x])] : [d.Add("Sigmoid", [x]), x]);
                break;
            case 1:
                d.Add("Mul", [x, d.Add("HardSigmoid", [x], ("alpha", 1f / 6), ("beta", 0.5f))]);
                break;
            case 2 when d.Opset >= 9:
                string erf = d.Add("Erf", [d.Chance(0.5) ? d.Add("Div", [x, d.Scalar(1.4142135f)]) : d.Add("Mul", [x, d.Scalar(0.70710677f)])]);
                d.Add("Mul", [d.Chance(0.5) ? d.Add("Mul", [x, d.Add("Add", [erf, d.Scalar(1)])]) : d.Add(
                    "Mul", [d.Add("Add", [d.Scalar(1), erf]), x]), d.Scalar(0.5f)]);
                break;
            default:
                string cubic = d.Add("Mul", [d.Add("Mul", [d.Add("Mul", [x, x]), x]), d.Scalar(0.044715f)]);
                string tanh = d.Add("Tanh", [d.Add("Mul", [d.Add("Add", [x, cubic]), d.Scalar(0.7978846f)])]);
                d.Add("Mul", [d.Add("Mul", [x, d.Scalar(0.5f)]), d.Add("Add", [tanh, d.Scalar(1)])]);
                break;
        }
    }

    /// <summary>A layer normalisation in elementary operators.</summary>
    public static void SpeltLayerNorm(GraphDraw d)
    {
        if (d.Pick(shape => shape.Rank is 2 or 3 or 4 && shape[-1] > 2) is not { } x)
        {
            return;
        }

        int width = d.ShapeOf(x)[-1];
        string Mean(string value) => d.Opset >= 18 ? d.Add("ReduceMean", [value, d.Longs(-1)]) : d.Add("ReduceMean", [value], ("axes", new long[] { -1 }));
        string centred = d.Add("Sub", [x, Mean(x)]);
        string squares = d.Chance(0.5) ? d.Add("Pow", [centred, d.Scalar(2f)]) : d.Add("Mul", [centred, centred]);
        string normal = d.Add("Div", [centred, d.Add("Sqrt", [d.Add("Add", [Mean(squares), d.Scalar(1e-3f)])])]);
        if (d.Chance(0.7))
        {
            d.Add("Add", [d.Add("Mul", [normal, d.Numbers(Shape.Of(width))]), d.Numbers(Shape.Of(width))]);
        }
    }

    /// <summary>A second input, of the shape of some value or of a part of it.</summary>
    public static void AnotherInput(GraphDraw d)
    {
        if (d.PickRank(1, 2, 3, 4) is { } x)
        {
            d.Input([.. d.ShapeOf(x).Dimensions.Select(extent => d.Chance(0.8) ? extent : 1)]);
        }
    }

    private static string? Heads(GraphDraw d, string x, int heads, int size)
    {
        Shape shape = d.ShapeOf(x);
        if (MatrixRecipes.Times(d, x, heads * size) is not { } projected)
        {
            return null;
        }

        if (d.Chance(0.5))
        {
            projected = d.Add("Add", [projected, d.Numbers(Shape.Of(heads * size))]);
        }

        return d.Add("Reshape", [projected, d.Longs(shape[0], shape[1], heads, size)]);
    }

    private static string Scores(GraphDraw d, string query, string key, int size)
    {
        float scale = 1 / MathF.Sqrt(size);
        query = d.Add("Transpose", [query], ("perm", new long[] { 0, 2, 1, 3 }));
        query = d.Chance(0.3) ? d.Add("Mul", [query, d.Scalar(scale)]) : query;
        key = d.Chance(0.5)
            ? d.Add("Transpose", [key], ("perm", new long[] { 0, 2, 3, 1 }))
            : d.Add("Transpose", [d.Add("Transpose", [key], ("perm", new long[] { 0, 2, 1, 3 }))], ("perm", new long[] { 0, 1, 3, 2 }));
        string scores = d.Add("MatMul", [query, key]);
        return d.Chance(0.7) ? d.Add("Div", [scores, d.Scalar(MathF.Sqrt(size))]) : scores;
    }
}
