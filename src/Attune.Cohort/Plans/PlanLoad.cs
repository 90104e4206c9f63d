using System.Collections.Immutable;
using Attune.Records.Documents;

namespace Attune.Cohort;

/// <summary>What came of reading a plan.</summary>
/// <param name="Plan">The plan; null when there is a problem.</param>
/// <param name="Problems">Everything that is wrong with it; empty when it was read.</param>
public sealed record PlanLoad(CohortPlan? Plan, ImmutableArray<DocumentProblem> Problems);
