using System.Collections.Immutable;
using Attune.Records.Documents;

namespace Attune.Cohort;

/// <summary>What came of joining a plan with its profiles.</summary>
/// <param name="Setup">The setup; null when there is a problem.</param>
/// <param name="Problems">Everything that does not fit; empty when it does.</param>
public sealed record SetupLoad(CohortSetup? Setup, ImmutableArray<DocumentProblem> Problems);
