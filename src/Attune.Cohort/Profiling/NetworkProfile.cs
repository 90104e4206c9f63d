using System.Collections.Immutable;
using Attune.Cohort.Profiles;

namespace Attune.Cohort.Profiling;

/// <summary>A profile and what was found out on the way.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Accuracy">Accuracy of each variant; only the exact one when there are no others.</param>
/// <param name="BoundaryUs">What stopping between two stages costs without the decision, microseconds.</param>
/// <param name="Notes">What the user should know.</param>
public sealed record NetworkProfile(CohortProfile Profile, ImmutableArray<VariantAccuracy> Accuracy, double BoundaryUs, ImmutableArray<string> Notes);
