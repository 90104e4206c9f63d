using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Operators that pick or place elements by index.</summary>
internal static class GatherRules
{
    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new("Gather", Gather),
        new("GatherElements", context => [new TensorType(context.Element(0), context.Shape(1))]),
        new("GatherND", GatherNd),
        new("Scatter", ElementwiseRules.SameAsFirst),
        new("ScatterElements", ElementwiseRules.SameAsFirst),
        new("ScatterND", ElementwiseRules.SameAsFirst),
        new("TensorScatter", ElementwiseRules.SameAsFirst),
        new("OneHot", OneHot),
        new("NonZero", static _ => null),
        new("Compress", static _ => null),
        new("Unique", static _ => null),
    ];

    private static TensorType[] Gather(InferenceContext context)
    {
        long[] x = context.Extents(0, 1);
        int axis = context.Axis(context.Attributes.Int("axis", 0), x.Length);
        return context.Result(context.Element(0), [.. x[..axis], .. context.Extents(1), .. x[(axis + 1)..]]);
    }

    private static TensorType[] GatherNd(InferenceContext context)
    {
        long[] x = context.Extents(0, 1);
        long[] index = context.Extents(1, 1);
        long batch = context.Attributes.Int("batch_dims", 0);
        context.Require(
            batch >= 0 && batch < index.Length && index[^1] <= x.Length - batch,
            $"Indices of shape {context.Shape(1)} with {batch} batch axes do not fit data of shape {context.Shape(0)}.");
        return context.Result(context.Element(0), [.. index[..^1], .. x[(int)(batch + index[^1])..]]);
    }

    private static TensorType[]? OneHot(InferenceContext context)
    {
        if (context.Constant(1) is not { Count: 1 } depth)
        {
            return null;
        }

        List<long> y = [.. context.Extents(0)];
        y.Insert(context.Axis(context.Attributes.Int("axis", -1), y.Count + 1), Convert.ToInt64(depth.Data.GetValue(0)));
        return context.Result(context.Element(2), y.ToArray());
    }
}
