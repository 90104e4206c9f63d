namespace Attune.Cohort.Admission;

/// <summary>What admission found about a member. Times are at the fastest setting, with all members running all the time, reserves included.</summary>
/// <param name="Name">The member.</param>
/// <param name="Verdict">Whether it fits.</param>
/// <param name="DeadlineUs">Its deadline, microseconds.</param>
/// <param name="ExactUs">What the exact network needs, microseconds.</param>
/// <param name="MinUs">What its fastest variant needs, microseconds.</param>
/// <param name="LossPoints">Accuracy that fitting costs, points; that of the fastest variant where it does not fit.</param>
/// <param name="Load">Share of its period that it occupies.</param>
public sealed record MemberAdmission(string Name, AdmissionVerdict Verdict, double DeadlineUs, double ExactUs, double MinUs, double LossPoints, double Load)
{
    /// <summary>Time left to the deadline in the variant that is needed, microseconds; negative: by how much it does not fit.</summary>
    public double SlackUs => DeadlineUs - (Verdict == AdmissionVerdict.Exact ? ExactUs : MinUs);
}
