using Attune.Kernels;
using Attune.Reference.Inference;

namespace Attune.Passes.Expansion;

/// <summary>What was found about a node on the way.</summary>
/// <param name="Node">The node.</param>
/// <param name="Problem">Why its types are not known; null for a remark.</param>
/// <param name="Remark">What the user should know about what took its place; null for a problem.</param>
internal sealed record NodeFinding(Node Node, InferenceProblem? Problem, string? Remark);
