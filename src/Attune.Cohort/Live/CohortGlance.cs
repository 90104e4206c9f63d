using System.Collections.Immutable;
using Attune.Cohort.Plans;

namespace Attune.Cohort.Live;

/// <summary>What a running cohort does at one moment.</summary>
/// <param name="NowUs">Microseconds since it was started.</param>
/// <param name="Mode">The mode in force.</param>
/// <param name="Setting">The setting in force.</param>
/// <param name="Threads">Threads of a stage.</param>
/// <param name="Members">Each member.</param>
public sealed record CohortGlance(double NowUs, CohortMode Mode, string Setting, int Threads, ImmutableArray<MemberGlance> Members);
