namespace Attune.Graph;

/// <summary>Why a node's types are not known.</summary>
internal sealed record InferenceProblem(string Code, string Message, string Next);
