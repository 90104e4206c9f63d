using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Operators on images: resizing, and moving between channels and space.</summary>
internal static class ImageRules
{
    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new("Resize", Resize),
        new("Upsample", Upsample),
        new("DepthToSpace", DepthToSpace),
        new("SpaceToDepth", SpaceToDepth),
        new("GridSample", GridSample),
    ];

    private static TensorType[]? Upsample(InferenceContext context)
    {
        if (context.Attributes.Floats("scales") is { } scales)
        {
            return Scaled(context, [.. scales], AllAxes(context), null);
        }

        return context.Constant(1) is { } constant ? Scaled(context, constant.Elements<float>(), AllAxes(context), null) : null;
    }

    private static TensorType[]? Resize(InferenceContext context)
    {
        int scalesAt = context.Opset >= 11 ? 2 : 1;
        int[] axes = context.Attributes.Ints("axes") is { } given ? [.. given.Select(axis => context.Axis(axis, context.Shape(0).Rank))] : AllAxes(context);
        if (context.Opset >= 11 && context.Has(3))
        {
            return context.Integers(3) is { } sizes ? Sized(context, sizes, axes) : null;
        }

        if (context.Constant(scalesAt) is not { } scales)
        {
            return null;
        }

        float[]? region = null;
        if (context.Attributes.Text("coordinate_transformation_mode", string.Empty) == "tf_crop_and_resize")
        {
            if (context.Constant(1)?.Data is not float[] values)
            {
                return null;
            }

            region = values;
        }

        return Scaled(context, scales.Elements<float>(), axes, region);
    }

    private static int[] AllAxes(InferenceContext context) => [.. Enumerable.Range(0, context.Shape(0).Rank)];

    private static TensorType[] Scaled(InferenceContext context, float[] scales, int[] axes, float[]? region)
    {
        context.Require(
            scales.Length == axes.Length && (region is null || region.Length == 2 * axes.Length), $"{axes.Length} scales are needed, not {scales.Length}.");
        long[] y = context.Extents(0);
        for (int i = 0; i < axes.Length; i++)
        {
            float part = region is null ? 1 : region[i + axes.Length] - region[i];
            float extent = y[axes[i]] * part * scales[i];
            context.Require(scales[i] > 0 && extent >= 0 && extent < int.MaxValue, $"The scale {scales[i]} is out of range.");
            y[axes[i]] = (long)MathF.Floor(extent);
        }

        return context.Result(context.Element(0), y);
    }

    private static TensorType[] Sized(InferenceContext context, long[] sizes, int[] axes)
    {
        context.Require(sizes.Length == axes.Length, $"{axes.Length} sizes are needed, not {sizes.Length}.");
        long[] y = context.Extents(0);
        string policy = context.Attributes.Text("keep_aspect_ratio_policy", "stretch");
        if (policy != "stretch")
        {
            double[] scales = [.. axes.Select((axis, i) => (double)sizes[i] / y[axis])];
            double scale = policy == "not_larger" ? scales.Min() : scales.Max();
            sizes = [.. axes.Select(axis => (long)Math.Floor((scale * y[axis]) + 0.5))];
        }

        for (int i = 0; i < axes.Length; i++)
        {
            y[axes[i]] = sizes[i];
        }

        return context.Result(context.Element(0), y);
    }

    private static TensorType[] DepthToSpace(InferenceContext context)
    {
        long[] x = context.Extents(0, 4);
        long block = context.Attributes.Int("blocksize", 0);
        context.Require(
            x.Length == 4 && block is >= 1 and < 1 << 15 && x[1] % (block * block) == 0, $"{context.Shape(0)} does not split into blocks of {block}.");
        return context.Result(context.Element(0), x[0], x[1] / (block * block), checked(x[2] * block), checked(x[3] * block));
    }

    private static TensorType[] SpaceToDepth(InferenceContext context)
    {
        long[] x = context.Extents(0, 4);
        long block = context.Attributes.Int("blocksize", 0);
        context.Require(
            x.Length == 4 && block is >= 1 and < 1 << 15 && x[2] % block == 0 && x[3] % block == 0,
            $"{context.Shape(0)} does not split into blocks of {block}.");
        return context.Result(context.Element(0), x[0], checked(x[1] * block * block), x[2] / block, x[3] / block);
    }

    private static TensorType[] GridSample(InferenceContext context)
    {
        long[] x = context.Extents(0, 3);
        long[] grid = context.Extents(1, 3);
        context.Require(
            grid.Length == x.Length && grid[0] == x[0] && grid[^1] == x.Length - 2, $"The grid of shape {context.Shape(1)} does not fit {context.Shape(0)}.");
        return context.Result(context.Element(0), [x[0], x[1], .. grid[1..^1]]);
    }
}
