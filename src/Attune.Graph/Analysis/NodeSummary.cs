using Attune.Kernels;

namespace Attune.Graph.Analysis;

/// <summary>What one operator costs on paper.</summary>
/// <param name="Name">Node name.</param>
/// <param name="Operator">Operator.</param>
/// <param name="Output">Type of the first output; null when unknown.</param>
/// <param name="Flops">Floating-point operations, a multiply-add counted as two; 0 for operators that only move data.</param>
/// <param name="ParameterBytes">Bytes of the constants that the node reads.</param>
public sealed record NodeSummary(string Name, string Operator, TensorType? Output, long Flops, long ParameterBytes);
