namespace Attune.Cohort.Live;

/// <summary>How a job ended.</summary>
public enum JobStatus
{
    /// <summary>It ran to its end, in time or late.</summary>
    Done,

    /// <summary>The policy gave it up because it was late.</summary>
    Aborted,

    /// <summary>A newer request of the same member took its place before it began.</summary>
    Replaced,

    /// <summary>Its member crashed, or did not come to a boundary for too long, and was freed.</summary>
    Failed,

    /// <summary>The cohort was closed first.</summary>
    Closed,
}
