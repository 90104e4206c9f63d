using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Runtime.Plan.Narrow;

/// <summary>Which operands of a node are narrower than floats, and what they stand for. All of them have elements of one type.</summary>
/// <param name="Inputs">For every input of the node its form; null for floats and for constants.</param>
/// <param name="Output">Form of the output; null for floats.</param>
internal sealed record NarrowOperands(ImmutableArray<NarrowForm?> Inputs, NarrowForm? Output)
{
    /// <summary>
    /// Where scale and zero of the first input are when the network runs; its scale here is then one and its zero 0. Null when they are constants.
    /// </summary>
    public RunTimeScale? RunTime { get; init; }

    /// <summary>True when any operand is narrow.</summary>
    public bool Any => Output is not null || Inputs.Any(form => form is not null);

    /// <summary>Elements of the narrow operands.</summary>
    public DataType Element => Output?.Element ?? Inputs.First(form => form is not null)!.Value.Element;

    /// <summary>True when the first input and the output stand for numbers alike, so that moving them is all there is to do.</summary>
    public bool IsMove => Output is { } form && Input(0) == form;

    /// <summary>True when no two narrow operands have different elements: no kernel takes both.</summary>
    public bool AreAlike => Inputs.Append(Output).All(form => form is not { } narrow || narrow.Element == Element);

    /// <summary>Form of an input; null for floats and where there is none.</summary>
    public NarrowForm? Input(int index) => index < Inputs.Length ? Inputs[index] : null;
}
