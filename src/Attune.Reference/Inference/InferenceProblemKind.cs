namespace Attune.Reference.Inference;

/// <summary>Kinds of reasons for which a node's types are not known.</summary>
internal enum InferenceProblemKind
{
    /// <summary>The operator's inputs or attributes do not fit its definition.</summary>
    Malformed,

    /// <summary>No kernel runs the operator with these attributes, types or constants.</summary>
    Unsupported,

    /// <summary>The result has more elements than allowed.</summary>
    TooLarge,

    /// <summary>The shape of the result depends on data that are known only when the network runs.</summary>
    DataDependent,
}
