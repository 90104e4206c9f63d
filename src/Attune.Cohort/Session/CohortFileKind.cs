namespace Attune.Cohort.Session;

/// <summary>What of a cohort's files has problems.</summary>
public enum CohortFileKind
{
    /// <summary>The plan.</summary>
    Plan,

    /// <summary>The plan is sound, but has a member that can only be simulated.</summary>
    SimulationOnly,

    /// <summary>The profile of a member.</summary>
    Profile,

    /// <summary>The plan and the profiles that it names, together.</summary>
    Setup,
}
