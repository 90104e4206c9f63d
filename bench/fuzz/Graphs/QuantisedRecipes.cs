using Attune.Kernels;

namespace Attune.Bench.Fuzz.Graphs;

/// <summary>
/// Quantised networks as exporters write them: stores and loads around operators on floats, layers with weights of bytes, and layers whose input is quantised
/// when the network runs. Operators between them come from the other recipes. Conversions have axes since operator set 13.
/// </summary>
internal static class QuantisedRecipes
{
    /// <summary>Operator sets of quantised networks.</summary>
    public static readonly int[] Opsets = [13, 13, 17, 19, 20, 21];

    private static readonly float[] Steps = [1f / 128, 0.01f, 0.02f, 0.005f, 0.05f];

    /// <summary>Rounds a value to bytes and loads it again.</summary>
    public static void Conversion(GraphDraw d)
    {
        if (d.PickRank(1, 2, 3, 4, 4, 5) is { } x)
        {
            Pair(d, x);
        }
    }

    /// <summary>A convolution on loaded bytes, with weights of bytes and a scale for each channel, or one for all.</summary>
    public static void ByteConvolution(GraphDraw d)
    {
        if (d.PickRank(3, 4, 4, 4) is not { } x || Drawn(d, x) is not { } layer)
        {
            return;
        }

        float step = d.OneOf<float>(Steps);
        List<string> operands = [d.Chance(0.9) ? Pair(d, x, step) : x, Loaded(d, layer.Weights, axis: 0, layer.Terms, out float[] scales)];
        if (d.Chance(0.6))
        {
            operands.Add(Bias(d, scales, step));
        }

        Behind(d, d.Add("Conv", operands.ToArray(), layer.Attributes));
    }

    /// <summary>A matrix product on loaded bytes.</summary>
    public static void ByteProduct(GraphDraw d)
    {
        if (d.PickRank(2, 3) is not { } x || Columns(d, x) is not { } columns)
        {
            return;
        }

        int depth = d.ShapeOf(x)[-1];
        float step = d.OneOf<float>(Steps);
        bool gemm = d.ShapeOf(x).Rank == 2 && d.Chance(0.5);
        bool turned = gemm && d.Chance(0.5);
        string weights = Loaded(d, turned ? Shape.Of(columns, depth) : Shape.Of(depth, columns), turned ? 0 : 1, depth, out float[] scales);
        string input = Pair(d, x, step);
        if (gemm)
        {
            Behind(d, d.Add("Gemm", d.Chance(0.6) ? [input, weights, Bias(d, scales, step)] : [input, weights], ("transB", turned ? 1L : 0L)));
            return;
        }

        string product = d.Add("MatMul", [input, weights]);
        Behind(d, d.Chance(0.5) ? d.Add("Add", [product, d.Numbers(Shape.Of(columns))]) : product);
    }

    /// <summary>A convolution of integers, with a scale that is found when the network runs, or one that is known.</summary>
    public static void IntegerConvolution(GraphDraw d)
    {
        if (d.PickRank(3, 4, 4, 4) is { } x && Drawn(d, x) is { } layer)
        {
            int spatial = layer.Weights.Rank - 2;
            Integers(d, x, "ConvInteger", layer.Weights, layer.Terms, Shape.Of([layer.Weights[0], .. Enumerable.Repeat(1L, spatial)]), layer.Attributes);
        }
    }

    /// <summary>A matrix product of integers.</summary>
    public static void IntegerProduct(GraphDraw d)
    {
        if (d.PickRank(2, 3) is { } x && Columns(d, x) is { } columns)
        {
            int depth = d.ShapeOf(x)[-1];
            Integers(d, x, "MatMulInteger", Shape.Of(depth, columns), depth, Shape.Of(columns), []);
        }
    }

    private static void Integers(
        GraphDraw d, string x, string operation, Shape weights, double terms, Shape channels, (string Name, object Value)[] attributes)
    {
        float unit = (float)(1 / (127 * Math.Sqrt(terms)));
        string scales = d.Constant(Positive(d, d.Chance(0.7) ? channels : Shape.Of(1), unit));
        string constant = d.Constant(d.Signed(weights));
        string factor;
        string[] bytes;
        if (d.Chance(0.7))
        {
            bytes = d.Add("DynamicQuantizeLinear", [x], 3);
            d.Hide(bytes[1]);
            factor = d.Aside("Mul", d.Chance(0.5) ? [bytes[1], scales] : [scales, bytes[1]]);
        }
        else
        {
            byte zero = d.OneOf<byte>(0, 100, 128);
            float step = d.OneOf<float>(Steps);
            string point = d.Constant(Tensor.Scalar(zero));
            bytes = [d.Aside("QuantizeLinear", [x, d.Constant(Tensor.Scalar(step)), point]), string.Empty, point];
            factor = d.Constant(Positive(d, channels, unit * step));
        }

        string sums = d.Aside("Cast", [d.Aside(operation, [bytes[0], constant, bytes[2]], attributes)], ("to", (long)DataType.Float32));
        string result = d.Add("Mul", d.Chance(0.5) ? [sums, factor] : [factor, sums]);
        Behind(d, d.Chance(0.5) ? d.Add("Add", [result, d.Numbers(channels)]) : result);
    }

    /// <summary>What often stands between a layer and its store.</summary>
    private static void Behind(GraphDraw d, string value)
    {
        value = d.Chance(0.4) ? ElementwiseRecipes.Activate(d, value) : value;
        if (d.Chance(0.5))
        {
            Pair(d, value);
        }
    }

    private static string Pair(GraphDraw d, string value, float? step = null)
    {
        string scale = d.Constant(Tensor.Scalar(step ?? d.OneOf<float>(Steps)));
        string zero = d.Constant(d.Chance(0.8) ? Tensor.Scalar(d.OneOf<byte>(0, 100, 128, 255)) : Tensor.Scalar(d.OneOf<sbyte>(0, -30, 5)));
        return d.Add("DequantizeLinear", [d.Aside("QuantizeLinear", [value, scale, zero]), scale, zero]);
    }

    /// <summary>Weights of bytes as floats.</summary>
    private static string Loaded(GraphDraw d, Shape shape, int axis, double terms, out float[] scales)
    {
        bool one = d.Chance(0.2);
        Tensor steps = Positive(d, one ? Shape.Scalar : Shape.Of(shape[axis]), (float)(1 / (127 * Math.Sqrt(terms))));
        scales = one ? [.. Enumerable.Repeat(steps.Elements<float>()[0], shape[axis])] : steps.Elements<float>();
        string[] operands = [d.Constant(d.Signed(shape)), d.Constant(steps)];
        return one ? d.Aside("DequantizeLinear", operands) : d.Aside("DequantizeLinear", operands, ("axis", (long)axis));
    }

    /// <summary>A bias of integers in units of the products, or of floats.</summary>
    private static string Bias(GraphDraw d, float[] scales, float step)
    {
        if (d.Chance(0.4))
        {
            return d.Numbers(Shape.Of(scales.Length));
        }

        Tensor units = Tensor.Vector(Array.ConvertAll(scales, scale => scale * step));
        Tensor numbers = Tensor.Vector([.. scales.Select(_ => d.Between(-3000, 3000))]);
        return d.Aside("DequantizeLinear", [d.Constant(numbers), d.Constant(units)], ("axis", 0L));
    }

    private static Tensor Positive(GraphDraw d, Shape shape, float unit) =>
        Tensor.Of(shape, Enumerable.Range(0, (int)shape.Count).Select(_ => unit * (0.25f + (d.Below(100) / 100f))).ToArray());

    private static int? Columns(GraphDraw d, string x)
    {
        int columns = d.Channel();
        Shape shape = d.ShapeOf(x);
        return shape.Count / shape[-1] * columns > GraphDraw.MaxElements || shape.Count * columns > GraphDraw.MaxProducts ? null : columns;
    }

    /// <summary>Geometry of a convolution, with the number of products that are added up; null when it would be too large.</summary>
    private static (Shape Weights, double Terms, (string Name, object Value)[] Attributes)? Drawn(GraphDraw d, string x)
    {
        Shape shape = d.ShapeOf(x);
        int channels = shape[1];
        int groups = d.Chance(0.7) ? 1 : d.Chance(0.8) || channels % 2 != 0 ? channels : 2;
        int outputs = groups == 1 ? d.Channel() : channels;
        Window window = d.Chance(0.5) ? Window.Same(d, shape.Rank - 2) : Window.Draw(d, shape, shape.Rank - 2, dilated: true);
        long places = window.Places(shape);
        double terms = (double)channels / groups * window.Size;
        if (places < 1 || shape.Dimensions[0] * outputs * places * terms > GraphDraw.MaxProducts
            || shape.Dimensions[0] * outputs * places > GraphDraw.MaxElements)
        {
            return null;
        }

        return (
            Shape.Of([outputs, channels / groups, .. window.Kernel]), terms,
            [.. window.Attributes(dilated: true), .. groups > 1 ? [("group", (object)(long)groups)] : Array.Empty<(string, object)>()]);
    }
}
