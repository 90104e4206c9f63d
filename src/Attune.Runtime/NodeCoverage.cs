using Attune.Kernels;

namespace Attune.Runtime;

/// <summary>What runs one node.</summary>
/// <param name="Node">The node, after fusion.</param>
/// <param name="Execution">What runs it.</param>
/// <param name="Reason">Why it is left to the reference kernel, as half a sentence; null where it is not.</param>
public sealed record NodeCoverage(Node Node, NodeExecution Execution, string? Reason);
