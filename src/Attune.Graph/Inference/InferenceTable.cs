using System.Collections.Frozen;

namespace Attune.Graph;

/// <summary>Operator name to inference rule, one family of operators per source.</summary>
internal static class InferenceTable
{
    private static readonly FrozenDictionary<string, InferenceRule> Rules = new[]
    {
        ElementwiseRules.All,
        ConvolutionRules.All,
        PoolingRules.All,
        MatrixRules.All,
        FusedRules.All,
        NormalizationRules.All,
        ReductionRules.All,
        ShapeRules.All,
        ReshapeRules.All,
        SliceRules.All,
        GatherRules.All,
        ImageRules.All,
        QuantizationRules.All,
    }.SelectMany(family => family).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The rule of an operator, or null.</summary>
    public static InferenceRule? Find(string name) => Rules.GetValueOrDefault(name);
}
