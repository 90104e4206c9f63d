using System.Collections.Frozen;

namespace Attune.Kernels.Inference;

/// <summary>Operator name to inference rule, one family of operators per source.</summary>
public static class InferenceTable
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

    /// <summary>Number of operators with a rule.</summary>
    internal static int Count => Rules.Count;

    /// <summary>True when the types of the operator's results can be inferred.</summary>
    /// <param name="name">Operator, with domain and dot in front unless of ONNX's default domain.</param>
    public static bool Knows(string name) => Rules.ContainsKey(name);

    /// <summary>The rule of an operator, or null.</summary>
    internal static InferenceRule? Find(string name) => Rules.GetValueOrDefault(name);
}
