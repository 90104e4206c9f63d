using System.Collections.Immutable;
using Attune.Records.Documents;

namespace Attune.Cohort.Live;

/// <summary>What came of changing a plan while it runs.</summary>
/// <param name="Taken">What is different now, one sentence for each; empty when nothing is.</param>
/// <param name="Problems">Why nothing was taken over; empty when it was.</param>
/// <param name="NeedsStart">True when the plan as such is sound, but holds what only a new start can change.</param>
public sealed record PlanChange(ImmutableArray<string> Taken, ImmutableArray<DocumentProblem> Problems, bool NeedsStart);
