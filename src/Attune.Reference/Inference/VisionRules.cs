using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Regions, deformable windows, unpooling, determinants.</summary>
internal static class VisionRules
{
    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new("NonMaxSuppression", static _ => null),
        new("RoiAlign", Regions),
        new("MaxUnpool", Unpooled),
        new("Det", Determinant),
        new("DeformConv", context => ConvolutionRules.Convolution(context, 0, 1, 3, context.Element(0))),
    ];

    private static TensorType[] Regions(InferenceContext context)
    {
        long[] x = context.Extents(0, 4);
        long[] regions = context.Extents(1, 2);
        return context.Result(
            context.Element(0), regions[0], x[1], context.Attributes.Int("output_height", 1), context.Attributes.Int("output_width", 1));
    }

    private static TensorType[]? Unpooled(InferenceContext context)
    {
        long[] x = context.Extents(0, 3);
        if (context.Has(2))
        {
            return context.Integers(2) is { } wanted ? context.Result(context.Element(0), wanted) : null;
        }

        SpatialWindow window = SpatialWindow.Read(context.Attributes, null, x.Length - 2, (good, message) => context.Require(good, message));
        for (int axis = 0; axis < x.Length - 2; axis++)
        {
            x[axis + 2] = checked(((x[axis + 2] - 1) * window.Strides[axis]) + window.Kernel[axis] - window.Pads[axis] - window.Pads[axis + x.Length - 2]);
        }

        return context.Result(context.Element(0), x);
    }

    private static TensorType[] Determinant(InferenceContext context)
    {
        long[] x = context.Extents(0, 2);
        context.Require(x[^1] == x[^2], $"Square matrices are needed, not {context.Shape(0)}.");
        return context.Result(context.Element(0), x[..^2]);
    }
}
