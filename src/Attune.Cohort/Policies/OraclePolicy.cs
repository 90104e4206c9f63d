using System.Collections.Immutable;
using Attune.Cohort.Control;
using Attune.Cohort.Tables;

namespace Attune.Cohort.Policies;

/// <summary>
/// The per-layer oracle (design paper, 2.4): knows how much the cohort slows its members down and plans, before anything runs, the setting of each stage with
/// the least sum of costs within the deadline (Lagrangian over medians), with the fewest approximations that make it possible. Several members: the fastest of
/// the running stages' settings.
/// </summary>
internal sealed class OraclePolicy : CohortPolicy
{
    private readonly ImmutableArray<int[]> settings;
    private readonly ImmutableArray<int[]> variants;
    private readonly CohortSetup setup;

    /// <summary>Plans every member.</summary>
    /// <param name="setup">The cohort.</param>
    /// <param name="slowdown">What the cohort costs its members when all run, as a factor of time.</param>
    public OraclePolicy(CohortSetup setup, double slowdown)
    {
        this.setup = setup;
        var plans = setup.Members.Select(member => Plan(member, slowdown)).ToArray();
        settings = [.. plans.Select(plan => plan.Settings)];
        variants = [.. plans.Select(plan => plan.Variants)];
    }

    /// <summary>
    /// Energy of a job in the least-cost plan within a time, exact, microseconds and millijoules; noise, switching and other members left out.
    /// </summary>
    /// <param name="member">The member.</param>
    /// <param name="withinUs">Time that the plan may take, microseconds.</param>
    public static (double Us, double MilliJoules) MinEnergy(MemberSetup member, double withinUs)
    {
        int[] plan = StagePlanTable.Plan(member.Tables.Hulls, withinUs, out double us, out _);
        return (us, plan.Select((setting, stage) => member.Tables.Energy(setting, 0, stage)).Sum());
    }

    /// <inheritdoc/>
    public override PolicyWish Wish(CohortState state, int member)
    {
        int wish = settings[member][state.Members[member].Stage];
        for (int i = 0; i < settings.Length; i++)
        {
            if (i != member && state.Members[i].Running)
            {
                int other = settings[i][state.Members[i].Stage];
                MemberTables tables = setup.Members[i].Tables;
                wish = tables.Constant(state.Members[i].Stage)[other].SpeedUp > tables.Constant(state.Members[i].Stage)[wish].SpeedUp ? other : wish;
            }
        }

        return new PolicyWish(wish, Urgent: true);
    }

    /// <inheritdoc/>
    public override int Variant(CohortState state, int member) => variants[member][state.Members[member].Stage];

    private static (int[] Settings, int[] Variants) Plan(MemberSetup member, double slowdown)
    {
        MemberTables tables = member.Tables;
        double within = member.DeadlineUs / slowdown;
        int[] forms = tables.ChooseVariants(tables.Fastest, within);
        double saved = forms.Select((form, stage) => tables.Time(tables.Fastest, 0, stage) - tables.Time(tables.Fastest, form, stage)).Sum();
        return (StagePlanTable.Plan(tables.Hulls, within + saved, out _, out _), forms);
    }
}
