using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Normalisations keep their input's type; some also return statistics.</summary>
internal static class NormalizationRules
{
    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new("BatchNormalization", Batch),
        new("LayerNormalization", Layer),
        new("InstanceNormalization", context => PerChannel(context, 1, 2)),
        new("GroupNormalization", ElementwiseRules.SameAsFirst),
        new("LRN", ElementwiseRules.SameAsFirst),
        new("LpNormalization", ElementwiseRules.SameAsFirst),
        new("MeanVarianceNormalization", ElementwiseRules.SameAsFirst),
    ];

    private static TensorType[] Batch(InferenceContext context)
    {
        TensorType statistics = context.In(3);
        return [PerChannel(context, 1, 4)[0], statistics, statistics, statistics, statistics];
    }

    private static TensorType[] PerChannel(InferenceContext context, int first, int last)
    {
        long channels = context.Extents(0, 2)[1];
        for (int i = first; i <= last; i++)
        {
            context.Require(context.Shape(i).Equals(Shape.Of(channels)), $"Input {i} must have shape {channels}, not {context.Shape(i)}.");
        }

        return [context.In(0)];
    }

    private static TensorType[] Layer(InferenceContext context)
    {
        long[] x = context.Extents(0, 1);
        int axis = context.Axis(context.Attributes.Int("axis", -1), x.Length);
        for (int i = 1; i < context.InputCount; i++)
        {
            context.Require(
                !context.Has(i) || context.Element(i) == context.Element(0),
                $"Input {i} must have the input's element type {context.Element(0)}, not {context.Element(i)}.");
        }

        x.AsSpan(axis).Fill(1);
        TensorType statistics = context.Result(DataType.Float32, x)[0];
        return [context.In(0), statistics, statistics];
    }
}
