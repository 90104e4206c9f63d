using System.Collections.Immutable;
using Attune.Kernels.Templates.Quantized;

namespace Attune.Runtime.Plan.Bytes;

/// <summary>Which operands of a node are bytes, and what they stand for.</summary>
/// <param name="Inputs">For every input of the node its scale; null for floats and for constants.</param>
/// <param name="Output">Scale of the output; null for floats.</param>
internal sealed record ByteOperands(ImmutableArray<QuantizationScale?> Inputs, QuantizationScale? Output)
{
    /// <summary>
    /// Where scale and zero of the first input are when the network runs; its scale here is then one and its zero 0. Null when they are constants.
    /// </summary>
    public RunTimeScale? RunTime { get; init; }

    /// <summary>True when any operand is bytes.</summary>
    public bool Any => Output is not null || Inputs.Any(scale => scale is not null);

    /// <summary>Scale of an input; null for floats and where there is none.</summary>
    public QuantizationScale? Input(int index) => index < Inputs.Length ? Inputs[index] : null;

    /// <summary>True when the first input and the output are bytes of the same scale, so that moving them is all there is to do.</summary>
    public bool IsMove => Output is { } scale && Input(0) == scale;
}
