using System.Collections.Immutable;

namespace Attune.Cohort.Live;

/// <summary>What became of one request.</summary>
/// <param name="Member">Position of the member.</param>
/// <param name="Status">How it ended.</param>
/// <param name="ReleaseUs">When it was released, microseconds since the cohort was started.</param>
/// <param name="ResponseUs">Time from release to the end, microseconds.</param>
/// <param name="DeadlineUs">Relative deadline that was in force, microseconds.</param>
public sealed record JobReport(int Member, JobStatus Status, double ReleaseUs, double ResponseUs, double DeadlineUs)
{
    /// <summary>True when there was no result in time, whatever the reason.</summary>
    public bool IsMissed => Status != JobStatus.Done || ResponseUs > DeadlineUs;

    /// <summary>LAG at each boundary, after the first stage first, microseconds; positive is ahead of the schedule.</summary>
    public ImmutableArray<double> LagUs { get; init; } = [];

    /// <summary>Variant of each stage that ran.</summary>
    public ImmutableArray<int> Variants { get; init; } = [];

    /// <summary>Setting at which each stage ran, as a position in the setup.</summary>
    public ImmutableArray<int> Settings { get; init; } = [];

    /// <summary>
    /// Accuracy given up, points, by the profile: the sum over the stages, but no more than the worst form among them loses when every stage runs in it.
    /// </summary>
    public double LossPoints { get; init; }

    /// <summary>What went wrong; null when nothing did.</summary>
    public string? Error { get; init; }
}
