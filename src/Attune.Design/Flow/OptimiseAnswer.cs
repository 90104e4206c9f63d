using System.Collections.Immutable;

namespace Attune.Design.Flow;

/// <summary>What an optimisation found.</summary>
/// <param name="Best">The most valuable design that was measured within all limits; null when none was.</param>
/// <param name="Fastest">The fastest design measured; null when none runs.</param>
/// <param name="Model">The predictions that the search used; null when there were none.</param>
/// <param name="Candidates">Designs that the search chose, with their measurements.</param>
/// <param name="NewMeasurements">Designs measured for this answer.</param>
public sealed record OptimiseAnswer(
    OptimisedDesign? Best,
    OptimisedDesign? Fastest,
    TargetModel? Model,
    ImmutableArray<OptimisedDesign> Candidates,
    int NewMeasurements);
