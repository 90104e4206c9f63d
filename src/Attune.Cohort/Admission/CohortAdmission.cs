using System.Collections.Immutable;
using Attune.Cohort.Control;
using Attune.Cohort.Plans;
using Attune.Cohort.Tables;

namespace Attune.Cohort.Admission;

/// <summary>
/// Says before anything runs whether a cohort can keep its deadlines. Assumes the worst: every member runs all the time, so that each is slowed down by all
/// others, and every reserve of the plan is kept. A cohort that is admitted so meets its deadlines as long as the tables and the contention hold; one that is
/// refused may still do on average.
/// </summary>
public static class CohortAdmission
{
    /// <summary>Checks every member.</summary>
    /// <param name="setup">The cohort.</param>
    /// <param name="contention">
    /// By how much each further running member slows every one down, 0 to 2; null for what the profiles measured, or
    /// <see cref="CohortSetup.UsualContention"/> where one did not.
    /// </param>
    public static ImmutableArray<MemberAdmission> Check(CohortSetup setup, double? contention) =>
        [.. setup.Members.Select((member, i) => Check(member, setup, setup.SlowdownOf(i, setup.FastestSetting, setup.Members.Length, contention)))];

    private static MemberAdmission Check(MemberSetup member, CohortSetup setup, double slowdown)
    {
        ControlOptions options = setup.Plan.Control;
        MemberTables tables = member.Tables;
        double reserve = (options.Reserve * member.DeadlineUs) + (options.SpreadReserve * tables.Spread(0) * slowdown);
        double exact = (tables.Rest(setup.FastestSetting, 0) * slowdown) + reserve;
        ApproximationTable forms = tables.Approximations(setup.FastestSetting, 0);
        double needed = RequiredFactor(tables.Rest(setup.FastestSetting, 0) * slowdown, member.DeadlineUs - reserve);
        ApproximationRow form = forms.Lookup(needed, out bool fits);
        double min = (tables.Rest(setup.FastestSetting, 0) * slowdown / forms.Fastest.SpeedUp) + reserve;
        AdmissionVerdict verdict = exact <= member.DeadlineUs ? AdmissionVerdict.Exact : fits ? AdmissionVerdict.Approximated : AdmissionVerdict.TooSlow;
        return new MemberAdmission(
            member.Name,
            verdict,
            member.DeadlineUs,
            exact,
            min,
            verdict == AdmissionVerdict.Exact ? 0 : form.Loss,
            (exact - reserve) / form.SpeedUp / member.PeriodUs);
    }

    private static double RequiredFactor(double time, double budget) => budget > 0 ? time / budget : double.PositiveInfinity;
}
