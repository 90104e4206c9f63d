using Attune.Cohort.Lag;
using Attune.Cohort.Plans;

namespace Attune.Cohort.Control;

/// <summary>What policies see: all members, the setting in force, the mode. Written by the controller only.</summary>
internal sealed class CohortState
{
    public CohortState(CohortSetup setup)
    {
        Setup = setup;
        Options = setup.Plan.Control;
        Members = [.. setup.Members.Select(member => new MemberState(member))];
        Applied = setup.FastestSetting;
        Mode = setup.Plan.Mode;
    }

    public CohortSetup Setup { get; }

    public ControlOptions Options { get; }

    public MemberState[] Members { get; }

    /// <summary>The setting in force, the one before a rest included.</summary>
    public int Applied { get; set; }

    public bool Resting { get; set; }

    public CohortMode Mode { get; set; }

    public long Switches { get; set; }

    public double LastSwitchUs { get; set; } = double.NegativeInfinity;

    public double NowUs { get; set; }

    /// <summary>Settings that cannot be had at present; null when all can.</summary>
    public SettingLimits? Limits { get; private set; }

    /// <summary>Takes limits over, or with null gives every setting back.</summary>
    public void Limit(SettingLimits? limits)
    {
        Limits = limits;
        for (int i = 0; i < Members.Length; i++)
        {
            Members[i].Tables = limits is null ? Setup.Members[i].Tables : limits.Tables[i];
        }
    }

    public int RunningCount()
    {
        int count = 0;
        foreach (MemberState member in Members)
        {
            count += member.Running ? 1 : 0;
        }

        return count;
    }

    /// <summary>Publishes LAG, budget and need of a member that stands before a stage.</summary>
    public void Publish(MemberState member)
    {
        double elapsed = NowUs - member.ReleaseUs;
        member.LagUs = member.Schedule.Lag(member.Stage, elapsed);
        member.BudgetUs = member.DeadlineUs - elapsed;
        double slowdown = member.SlowdownWith(RunningCount(), Applied);
        member.Slowdown = slowdown;
        double reserve = ((Options.Reserve + member.MissReserve) * member.DeadlineUs) + (Options.SpreadReserve * member.Tables.Spread(member.Stage) * slowdown);
        int slowest = member.Tables.Slowest;
        double duration = member.Schedule.Duration(member.Stage);
        member.Need = Options.Horizon switch
        {
            RecoveryHorizon.NextStage => slowdown * RequiredSpeedUp.NextStage(member.Tables.Time(slowest, 0, member.Stage), duration, member.LagUs - reserve),
            RecoveryHorizon.NextStageRelative =>
                RequiredSpeedUp.NextStageRelative(duration, member.LagUs) * slowdown * member.Tables.Rest(slowest, 0) / member.DeadlineUs,
            _ => RequiredSpeedUp.Rest(member.Tables.Rest(slowest, member.Stage) * slowdown, member.BudgetUs - reserve),
        };
    }
}
