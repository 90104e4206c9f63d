namespace Attune.Passes.Quantised;

/// <summary>A quantised input of an operator.</summary>
/// <param name="Value">Position of the value among the inputs.</param>
/// <param name="Scale">Position of its scale.</param>
/// <param name="Zero">Position of its zero point.</param>
/// <param name="Bytes">Parameters of a whole tensor; null for constant weights, whose parameters may go along an axis.</param>
/// <param name="Axis">That axis.</param>
internal sealed record Operand(int Value, int Scale, int Zero, ByteScale? Bytes, int Axis);
