using Attune.Kernels;

namespace Attune.Bench.Fuzz.Graphs;

/// <summary>Operators on feature maps.</summary>
internal static class ImageRecipes
{
    public static void Convolution(GraphDraw d)
    {
        if (d.PickRank(4) is { } x)
        {
            Convolve(d, x, spatial: 2);
        }
    }

    public static void LineConvolution(GraphDraw d)
    {
        if (d.PickRank(3) is { } x)
        {
            Convolve(d, x, spatial: 1);
        }
    }

    /// <summary>A convolution of any kind; null when it would be too large.</summary>
    public static string? Convolve(GraphDraw d, string x, int spatial, int results = 0, bool same = false)
    {
        Shape shape = d.ShapeOf(x);
        int channels = shape[1];
        int groups = same || d.Chance(0.6) ? 1 : d.Chance(0.6) ? channels : d.OneOf(Divisors(channels));
        int outputs = results > 0 ? results : groups == 1 ? d.Channel() : groups * (d.Chance(0.6) ? Math.Max(1, channels / groups) : d.Between(1, 3));
        Window window = same ? Window.Same(d, spatial) : Window.Draw(d, shape, spatial, dilated: true);
        long places = window.Places(shape);
        long products = shape.Dimensions[0] * outputs * places * (channels / groups) * window.Size;
        if (places < 1 || products > GraphDraw.MaxProducts || shape.Dimensions[0] * outputs * places > GraphDraw.MaxElements)
        {
            return null;
        }

        var weightShape = Shape.Of([outputs, channels / groups, .. window.Kernel]);
        List<string> operands = [x, d.Chance(0.03) ? d.Input([.. weightShape.Dimensions]) : d.Numbers(weightShape, (double)channels / groups * window.Size)];
        if (d.Chance(0.6))
        {
            operands.Add(d.Numbers(Shape.Of(outputs)));
        }

        (string, object)[] given = [.. window.Attributes(dilated: true), .. groups > 1 ? [("group", (object)(long)groups)] : Array.Empty<(string, object)>()];
        return d.Add("Conv", operands.ToArray(), given);
    }

    public static void TransposedConvolution(GraphDraw d)
    {
        if (d.PickRank(3, 4) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        int spatial = shape.Rank - 2;
        int channels = shape[1];
        int groups = d.Chance(0.75) ? 1 : d.OneOf(Divisors(channels));
        int outputs = d.OneOf(1, 2, 3, 4, 8, 9);
        bool tiles = d.Chance(0.5);
        long[] kernel = [.. Enumerable.Range(0, spatial).Select(_ => (long)d.Between(1, 3))];
        long[] strides = tiles ? kernel : [.. Enumerable.Range(0, spatial).Select(_ => (long)d.Between(1, 2))];
        long grown = shape.Dimensions[2..].Select(
            (extent, axis) => (extent * strides[axis]) + kernel[axis]).Aggregate(1L, (product, extent) => product * extent);
        if (shape.Dimensions[0] * groups * outputs * grown > GraphDraw.MaxElements
            || shape.Count * outputs * kernel.Aggregate(1L, (a, b) => a * b) > GraphDraw.MaxProducts)
        {
            return;
        }

        List<string> operands = [x, d.Numbers(Shape.Of([channels, outputs, .. kernel]), channels)];
        if (d.Chance(0.5))
        {
            operands.Add(d.Numbers(Shape.Of(outputs * groups)));
        }

        List<(string, object)> attributes = [("kernel_shape", kernel), ("strides", strides), ("group", (long)groups)];
        if (!tiles && d.Chance(0.5))
        {
            // No result may vanish: a window larger than its padding leaves something everywhere.
            attributes.Add(("pads", (long[])[.. kernel.Select(size => size > 2 ? 1L : 0), .. kernel.Select(size => size > 1 ? 1L : 0)]));
        }

        if (shape.Dimensions[2..].Select((extent, axis) => ((extent - 1) * strides[axis]) + kernel[axis] - 2).All(extent => extent > 0) || tiles)
        {
            d.Add("ConvTranspose", operands.ToArray(), attributes.ToArray());
        }
    }

    public static void Pool(GraphDraw d)
    {
        if (d.PickRank(3, 4, 4, 4) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        bool average = d.Chance(0.5);
        Window window = Window.Draw(d, shape, shape.Rank - 2, dilated: false);
        if (window.Places(shape) < 1)
        {
            return;
        }

        List<(string, object)> attributes = [.. window.Attributes(dilated: false)];
        if (average && d.Chance(0.5))
        {
            attributes.Add(("count_include_pad", 1L));
        }

        if (d.Opset >= 10 && window.AutoPad.Length == 0 && d.Chance(0.3))
        {
            attributes.Add(("ceil_mode", 1L));
        }

        d.Add(average ? "AveragePool" : "MaxPool", [x], attributes.ToArray());
    }

    public static void GlobalPool(GraphDraw d)
    {
        if (d.PickRank(4, 4, 3) is { } x)
        {
            d.Add(d.Chance(0.8) ? "GlobalAveragePool" : "GlobalMaxPool", [x]);
        }
    }

    public static void Normalised(GraphDraw d)
    {
        if (d.PickRank(4, 4, 3, 2) is not { } x)
        {
            return;
        }

        var channels = Shape.Of(d.ShapeOf(x)[1]);
        if (d.Chance(0.8))
        {
            d.Add(
                "BatchNormalization",
                [x, d.Numbers(channels), d.Numbers(channels), d.Numbers(channels), d.Positive(channels)],
                ("epsilon", d.OneOf(1e-5f, 1e-3f)));
        }
        else if (d.ShapeOf(x).Rank > 2)
        {
            d.Add("InstanceNormalization", [x, d.Numbers(channels), d.Numbers(channels)], ("epsilon", 1e-3f));
        }
    }

    public static void Resized(GraphDraw d)
    {
        if (d.PickRank(4) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        float[] scales = [1, 1, d.OneOf(1f, 2f, 2f, 3f, 4f, 1.5f, 0.5f), d.OneOf(1f, 2f, 2f, 3f, 1.5f, 0.5f)];
        if (shape.Count * scales[2] * scales[3] > GraphDraw.MaxElements || shape[2] * scales[2] < 1 || shape[3] * scales[3] < 1)
        {
            return;
        }

        string mode = d.Chance(0.8) ? "nearest" : "linear";
        if (d.Opset < 9)
        {
            d.Add("Upsample", [x], ("mode", mode), ("scales", scales.Select(scale => MathF.Max(1, scale)).ToArray()));
        }
        else if (d.Opset == 9)
        {
            d.Add("Upsample", [x, d.Constant(Tensor.Vector([.. scales.Select(scale => MathF.Max(1, scale))]))], ("mode", mode));
        }
        else if (d.Opset == 10)
        {
            d.Add("Resize", [x, d.Constant(Tensor.Vector(scales))], ("mode", mode));
        }
        else
        {
            List<(string, object)> attributes =
            [
                ("mode", mode), ("coordinate_transformation_mode", d.OneOf("half_pixel", "asymmetric", "pytorch_half_pixel", "align_corners")),
            ];
            if (mode == "nearest")
            {
                attributes.Add(("nearest_mode", d.OneOf("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")));
            }

            string[] operands = d.Chance(0.6)
                ? [x, string.Empty, d.Constant(Tensor.Vector(scales))]
                : [x, string.Empty, string.Empty, d.Longs([.. shape.Dimensions.Select((extent, axis) => (long)(extent * scales[axis]))])];
            d.Add("Resize", operands, attributes.ToArray());
        }
    }

    public static void Padded(GraphDraw d)
    {
        if (d.PickRank(3, 4, 4) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        long[] pads = [.. Enumerable.Range(0, 2 * shape.Rank).Select(i => i % shape.Rank < 2 ? 0L : d.Between(0, 2))];
        string mode = d.Chance(0.8) || shape.Dimensions[2..].Any(extent => extent < 3) ? "constant" : d.OneOf("edge", "reflect");
        long grown = shape.Dimensions.Select(
            (extent, axis) => extent + pads[axis] + pads[axis + shape.Rank]).Aggregate(1L, (product, extent) => product * extent);
        if (grown > GraphDraw.MaxElements)
        {
            return;
        }

        float fill = d.OneOf(0f, 0f, 0f, 1.5f);
        if (d.Opset < 11)
        {
            d.Add("Pad", [x], ("mode", mode), ("pads", pads), ("value", fill));
        }
        else
        {
            d.Add("Pad", fill == 0 && d.Chance(0.5) ? [x, d.Longs(pads)] : [x, d.Longs(pads), d.Constant(Tensor.Scalar(fill))], ("mode", mode));
        }
    }

    public static void Shuffled(GraphDraw d)
    {
        if (d.Chance(0.5) && d.Pick(shape => shape.Rank == 4 && shape[1] % 4 == 0) is { } deep)
        {
            d.Add("DepthToSpace", [deep], ("blocksize", 2L));
        }
        else if (d.Pick(shape => shape.Rank == 4 && shape[2] % 2 == 0 && shape[3] % 2 == 0) is { } wide)
        {
            d.Add("SpaceToDepth", [wide], ("blocksize", 2L));
        }
    }

    /// <summary>All divisors of a number.</summary>
    public static int[] Divisors(int number) => [.. Enumerable.Range(1, number).Where(divisor => number % divisor == 0)];
}
