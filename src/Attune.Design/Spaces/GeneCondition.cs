using System.Collections.Immutable;

namespace Attune.Design.Spaces;

/// <summary>A condition on one gene: its value is among some.</summary>
/// <param name="Gene">Position of the gene.</param>
/// <param name="Choices">Positions of the values that fulfil it, ascending.</param>
public sealed record GeneCondition(int Gene, ImmutableArray<int> Choices)
{
    /// <summary>Whether a point fulfils it.</summary>
    /// <param name="choices">Position of the value of every gene.</param>
    public bool Holds(ReadOnlySpan<int> choices) => Choices.Contains(choices[Gene]);
}
