using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Records.Documents;

namespace Attune.Design.Spaces;

/// <summary>What reading a space gave: a space, or everything that is wrong with it.</summary>
/// <param name="Space">The space; null with faults.</param>
/// <param name="Faults">All faults; empty with a space.</param>
public sealed record SpaceRead(DesignSpace? Space, ImmutableArray<DocumentProblem> Faults)
{
    /// <summary>True when there is a space.</summary>
    [MemberNotNullWhen(true, nameof(Space))]
    public bool Succeeded => Space is not null;
}
