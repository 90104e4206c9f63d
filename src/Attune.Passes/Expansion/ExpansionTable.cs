namespace Attune.Passes.Expansion;

/// <summary>Which operators are written in others when a model is read.</summary>
internal static class ExpansionTable
{
    private static readonly Dictionary<string, Func<ExpansionScope, bool>> Expansions = Build();

    /// <summary>True when the operator may be written in others, so that not it but its replacement must be supported.</summary>
    /// <param name="operation">Operator, with domain and dot in front unless of ONNX's default domain.</param>
    public static bool Knows(string operation) => Expansions.ContainsKey(operation) || ControlExpansion.Handles(operation);

    /// <summary>Writes the node in others; false when it stays.</summary>
    public static bool Expand(ExpansionScope scope) =>
        OldForms.Expand(scope) || (Expansions.TryGetValue(scope.Node.Operator, out Func<ExpansionScope, bool>? expand) && expand(scope));

    private static Dictionary<string, Func<ExpansionScope, bool>> Build()
    {
        var table = new Dictionary<string, Func<ExpansionScope, bool>>(StringComparer.Ordinal);
        foreach ((string name, Func<ExpansionScope, bool> expand) in RetiredOperators.All.Concat(NewOperators.All).Concat(LearningOperators.All)
            .Concat(LearnedModels.All).Concat(TreeModels.All).Concat(NarrowConversions.All)
            .Concat(SequenceOperators.All).Concat(ContributedPointwise.All).Concat(ContributedNormalisation.All).Concat(ContributedProducts.All)
            .Concat(ContributedAttention.All))
        {
            table.Add(name, expand);
        }

        return table;
    }
}
