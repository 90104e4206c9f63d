namespace Attune.Cohort.Session;

/// <summary>Something that happened while a cohort ran. One of the records derived from it.</summary>
public abstract record CohortEvent;

/// <summary>Something the user should know: a knob that was refused, a changed plan, a member that was freed.</summary>
/// <param name="Text">What.</param>
public sealed record CohortNoted(string Text) : CohortEvent;

/// <summary>Time goes by.</summary>
/// <param name="Elapsed">Counted time so far.</param>
public sealed record CohortAdvanced(TimeSpan Elapsed) : CohortEvent;
