using System.Collections.Immutable;
using Attune.Records.Documents;

namespace Attune.Cohort;

/// <summary>What came of reading a profile.</summary>
/// <param name="Profile">The profile; null when there is a problem.</param>
/// <param name="Problems">Everything that is wrong with it; empty when it was read.</param>
public sealed record ProfileLoad(CohortProfile? Profile, ImmutableArray<DocumentProblem> Problems);
