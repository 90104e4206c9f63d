namespace Attune.Cohort.Live;

/// <summary>What a member does at one moment.</summary>
/// <param name="Name">The member.</param>
/// <param name="DeadlineUs">Relative deadline in force, microseconds.</param>
/// <param name="LagUs">How far its job is ahead of its schedule, microseconds; null without a job.</param>
/// <param name="Stage">Next stage of the job, or the one in progress.</param>
/// <param name="Stages">Stages of a job.</param>
/// <param name="Failure">Why it no longer takes part; null while it does.</param>
public sealed record MemberGlance(string Name, double DeadlineUs, double? LagUs, int Stage, int Stages, string? Failure);
