namespace Attune.Runtime.Plan.Narrow;

/// <summary>How bytes stand for numbers when that is known only as the network runs (ONNX, DynamicQuantizeLinear).</summary>
/// <param name="Scale">Value that holds the distance of two neighbouring numbers.</param>
/// <param name="Zero">Value that holds the byte that stands for 0.</param>
internal sealed record RunTimeScale(string Scale, string Zero);
