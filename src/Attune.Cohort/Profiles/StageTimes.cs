using System.Collections.Immutable;

namespace Attune.Cohort.Profiles;

/// <summary>What the stages of one variant cost at one setting.</summary>
/// <param name="StageUs">Median time of each stage, microseconds, above 0.</param>
public sealed record StageTimes(ImmutableArray<double> StageUs)
{
    /// <summary>95th percentile of each stage's time, microseconds, at least the median; empty when it was not measured.</summary>
    public ImmutableArray<double> StageP95Us { get; init; } = [];

    /// <summary>Energy of each stage, millijoules, at least 0; empty where the profile has no energies.</summary>
    public ImmutableArray<double> StageMilliJoules { get; init; } = [];
}
