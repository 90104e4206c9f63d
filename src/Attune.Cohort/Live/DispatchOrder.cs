namespace Attune.Cohort.Live;

/// <summary>Whose stage runs next when several members wait for processors.</summary>
public enum DispatchOrder
{
    /// <summary>
    /// The member that is furthest behind its schedule, as a share of its deadline: all members' jobs make progress together, which the controller's slowdown
    /// factor takes for granted.
    /// </summary>
    Lag,

    /// <summary>The job with the earliest deadline.</summary>
    Deadline,

    /// <summary>The job that was released first, to its end: as if nobody coordinated.</summary>
    Arrival,
}
