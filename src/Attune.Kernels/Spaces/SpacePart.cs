using System.Collections.Immutable;

namespace Attune.Kernels.Spaces;

/// <summary>One of the spaces that a union is made of: the configurations of one algorithm.</summary>
/// <param name="Name">The algorithm.</param>
/// <param name="Space">Its own space.</param>
/// <param name="Number">Position among the parts.</param>
/// <param name="First">Index in the union of its first point; the others follow in order.</param>
/// <param name="Positions">Position in the union of each of its knobs.</param>
public sealed record SpacePart(string Name, Space Space, int Number, long First, ImmutableArray<int> Positions);
