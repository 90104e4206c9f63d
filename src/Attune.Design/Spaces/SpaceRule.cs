using System.Collections.Immutable;

namespace Attune.Design.Spaces;

/// <summary>
/// A rule of a space. It either makes genes unused (designs that differ in them only are one design, whose canonical form has the first value), or requires
/// something of other genes; both only where all its conditions hold.
/// </summary>
/// <param name="When">Conditions; none means always.</param>
/// <param name="Unused">Positions of the genes that have no meaning then.</param>
/// <param name="Required">What must hold then.</param>
/// <param name="Reason">Why, for messages; may be empty.</param>
public sealed record SpaceRule(ImmutableArray<GeneCondition> When, ImmutableArray<int> Unused, ImmutableArray<GeneCondition> Required, string Reason)
{
    /// <summary>Whether the rule speaks about a point.</summary>
    /// <param name="choices">Position of the value of every gene.</param>
    public bool Applies(ReadOnlySpan<int> choices)
    {
        foreach (GeneCondition condition in When)
        {
            if (!condition.Holds(choices))
            {
                return false;
            }
        }

        return true;
    }
}
