namespace Attune.Reference.Inference;

/// <summary>Why a node's types are not known although those of its inputs are.</summary>
/// <param name="Kind">What kind of reason it is.</param>
/// <param name="Message">The reason, in a sentence.</param>
internal sealed record InferenceProblem(InferenceProblemKind Kind, string Message);
