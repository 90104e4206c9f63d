using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Pools over windows and over whole planes.</summary>
internal static class PoolingRules
{
    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new("MaxPool", context => [Window(context), Window(context) with { Element = DataType.Int64 }]),
        new("AveragePool", context => [Window(context)]),
        new("LpPool", context => [Window(context)]),
        new("GlobalAveragePool", Whole),
        new("GlobalMaxPool", Whole),
        new("GlobalLpPool", Whole),
    ];

    private static TensorType Window(InferenceContext context)
    {
        long[] x = context.Extents(0, 3);
        SpatialWindow window = SpatialWindow.Read(context.Attributes, null, x.Length - 2, (good, message) => context.Require(good, message));
        for (int axis = 0; axis < x.Length - 2; axis++)
        {
            x[axis + 2] = window.Output(axis, x[axis + 2]);
            context.Require(x[axis + 2] >= 1, $"The window of {window.Reach(axis)} does not fit the padded input {context.Shape(0)}.");
        }

        return context.Result(context.Element(0), x)[0];
    }

    private static TensorType[] Whole(InferenceContext context)
    {
        long[] x = context.Extents(0, 3);
        x.AsSpan(2).Fill(1);
        return context.Result(context.Element(0), x);
    }
}
