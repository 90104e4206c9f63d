namespace Attune.Cohort.Plans;

/// <summary>One network of a cohort, as the plan describes it. Paths are as written, relative to the plan's folder.</summary>
/// <param name="Name">Name in reports, different for every member.</param>
public sealed record CohortMember(string Name)
{
    /// <summary>The tuned model; null in plans that are only simulated.</summary>
    public string? Model { get; init; }

    /// <summary>The profile; null when the member uses recorded tables.</summary>
    public string? Profile { get; init; }

    /// <summary>Name of a network in the folder of recorded tables; null when the member has a profile.</summary>
    public string? Tables { get; init; }

    /// <summary>Relative deadline, microseconds, from release to completion; null when it is given as a factor.</summary>
    public double? DeadlineUs { get; init; }

    /// <summary>Deadline as a multiple of the exact network's time at its fastest setting, running alone; null when it is given as a time.</summary>
    public double? DeadlineFactor { get; init; }

    /// <summary>Time between two releases, microseconds, at least the deadline; null for the deadline itself.</summary>
    public double? PeriodUs { get; init; }

    /// <summary>How much this member's accuracy and lateness count, 1 to 100.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The deadline, microseconds, for a network whose fastest exact time is known.</summary>
    /// <param name="fastestUs">The exact network's time at its fastest setting, microseconds.</param>
    public double DeadlineFor(double fastestUs) => DeadlineUs ?? (DeadlineFactor!.Value * fastestUs);
}
