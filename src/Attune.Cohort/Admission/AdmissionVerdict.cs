namespace Attune.Cohort.Admission;

/// <summary>Whether a member can meet its deadlines.</summary>
public enum AdmissionVerdict
{
    /// <summary>The exact network can, at the fastest setting.</summary>
    Exact,

    /// <summary>Only with approximations.</summary>
    Approximated,

    /// <summary>Not even the fastest variant at the fastest setting can.</summary>
    TooSlow,
}
