using System.Collections.Immutable;
using Attune.Runtime;

namespace Attune.Compile.Coverage;

/// <summary>Nodes of one operator that run alike for one reason.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Execution">What runs them.</param>
/// <param name="Reason">Why they run on the reference kernel; null where they do not.</param>
/// <param name="Count">Number of nodes.</param>
/// <param name="Flops">Their operations in one inference.</param>
/// <param name="Share">Their share of the model's operations, 0 to 1.</param>
/// <param name="Nodes">Their names.</param>
public sealed record KernelGroup(string Operator, NodeExecution Execution, string? Reason, int Count, long Flops, double Share, ImmutableArray<string> Nodes);
