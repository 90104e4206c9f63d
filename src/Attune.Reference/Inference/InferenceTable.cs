namespace Attune.Reference.Inference;

/// <summary>Operator name to inference rule, one family of operators per source.</summary>
internal static class InferenceTable
{
    // Built when a model is loaded, in a process that has compiled nothing yet: as plain as can be.
    private static readonly Dictionary<string, InferenceRule> Rules = Build();

    /// <summary>Number of operators with a rule.</summary>
    internal static int Count => Rules.Count;

    /// <summary>True when the types of the operator's results can be inferred.</summary>
    /// <param name="name">Operator, with domain and dot in front unless of ONNX's default domain.</param>
    public static bool Knows(string name) => Rules.ContainsKey(name);

    /// <summary>The rule of an operator, or null.</summary>
    internal static InferenceRule? Find(string name) => Rules.GetValueOrDefault(name);

    private static Dictionary<string, InferenceRule> Build()
    {
        var rules = new Dictionary<string, InferenceRule>(StringComparer.Ordinal);
        foreach (IEnumerable<KeyValuePair<string, InferenceRule>> family in (ReadOnlySpan<IEnumerable<KeyValuePair<string, InferenceRule>>>)
        [
            ElementwiseRules.All, ConvolutionRules.All, PoolingRules.All, MatrixRules.All, FusedRules.All, NormalizationRules.All, ReductionRules.All,
            RecurrentRules.All, ShapeRules.All, ReshapeRules.All,
            SliceRules.All, GatherRules.All, ImageRules.All, QuantizationRules.All, ContributedRules.All, SignalRules.All, VisionRules.All,
        ])
        {
            foreach ((string name, InferenceRule rule) in family)
            {
                rules.Add(name, rule);
            }
        }

        return rules;
    }
}
