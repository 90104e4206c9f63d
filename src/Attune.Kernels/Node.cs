using System.Collections.Immutable;

namespace Attune.Kernels;

/// <summary>One operator application of a <see cref="Network"/>.</summary>
/// <param name="Name">Unique within its network; readers invent one where the model has none.</param>
/// <param name="Operator">
/// Operator name, for example Conv. Operators of ONNX's default domain carry no prefix; those that fusion makes are in <see cref="FusedOperators"/>.
/// </param>
/// <param name="Opset">Version of the operator set whose semantics apply (1 to 26 for ONNX; 1 for fused operators).</param>
/// <param name="Inputs">Names of the values read; an empty name is an omitted optional input.</param>
/// <param name="Outputs">Names of the values written; an empty name is an output nobody wants.</param>
/// <param name="Attributes">Attributes by name.</param>
public sealed record Node(
    string Name,
    string Operator,
    int Opset,
    ImmutableArray<string> Inputs,
    ImmutableArray<string> Outputs,
    Attributes Attributes)
{
    /// <summary>Name of an input, or an empty text when it is omitted or past the end.</summary>
    public string Input(int index) => index < Inputs.Length ? Inputs[index] : string.Empty;

    /// <summary>For example "conv1: Conv(x, w) -> y".</summary>
    public override string ToString() => $"{Name}: {Operator}({string.Join(", ", Inputs)}) -> {string.Join(", ", Outputs)}";
}
