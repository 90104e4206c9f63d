using Attune.Cohort.Decision;
using Attune.Cohort.Lag;
using Attune.Cohort.Plans;
using Attune.Cohort.Tables;

namespace Attune.Cohort.Control;

/// <summary>
/// Where one network is: what it publishes at its boundaries, and what the controller remembers of it. One writer; times are microseconds of one monotonic
/// clock.
/// </summary>
internal sealed class MemberState(MemberSetup setup)
{
    private const double SlowdownWeight = 0.25;
    private const double MissReserveKept = 0.99;
    private const double MaxMissReserve = 0.5;
    private const double MinSlowdown = 0.5;
    private const double MaxSlowdown = 16;

    private readonly double[] slowdowns = new double[CohortPlan.MaxMembers + 1];

    public MemberTables Tables { get; set; } = setup.Tables;

    public int Weight { get; } = setup.Weight;

    public double PeriodUs { get; private set; } = setup.PeriodUs;

    public double DeadlineUs { get; private set; } = setup.DeadlineUs;

    public SubDeadlines Schedule { get; private set; } = ScheduleOf(setup.Tables, setup.DeadlineUs);

    public bool Running { get; set; }

    public int Stage { get; set; }

    public double ReleaseUs { get; set; }

    public double StartUs { get; set; }

    public double LagUs { get; set; }

    /// <summary>Speed-up over the slowest setting that the rest of the job needs, as last reported.</summary>
    public double Need { get; set; }

    /// <summary>Time for the rest of the job as last reported, microseconds, without reserves.</summary>
    public double BudgetUs { get; set; }

    /// <summary>What the others' presence costs as a factor of time, as last published.</summary>
    public double Slowdown { get; set; } = 1;

    /// <summary>Members that ran when the stage in progress began.</summary>
    public int RunningAtBegin { get; set; }

    /// <summary>Share of the deadline kept back because of recent misses.</summary>
    public double MissReserve { get; private set; }

    public double StageBeganUs { get; set; }

    public double ExpectedUs { get; set; }

    public long SwitchesAtBegin { get; set; }

    /// <summary>Accuracy lost by the job so far, points.</summary>
    public double LossPoints { get; set; }

    /// <summary>Measured time of the stage just finished, microseconds.</summary>
    public double LastStageUs { get; set; }

    public void SetDeadline(double deadlineUs, double periodUs)
    {
        DeadlineUs = deadlineUs;
        PeriodUs = periodUs;
        Schedule = ScheduleOf(Tables, deadlineUs);
    }

    /// <summary>Measured time over table time, averaged for each number of running members; before there are any, what the profile knows.</summary>
    /// <param name="running">Members that run, this one included.</param>
    /// <param name="setting">The setting in force.</param>
    public double SlowdownWith(int running, int setting)
    {
        // What was never seen is taken from the nearest smaller number of members that was, then from the nearest larger one.
        double known = Tables.SlowdownWith(setting, running);
        for (int i = running; i > 0; i--)
        {
            if (slowdowns[i] > 0)
            {
                return slowdowns[i] * known / Tables.SlowdownWith(setting, i);
            }
        }

        for (int i = running + 1; i < slowdowns.Length; i++)
        {
            if (slowdowns[i] > 0)
            {
                return Math.Min(known, slowdowns[i]);
            }
        }

        return known;
    }

    /// <summary>Learns from a job's end.</summary>
    /// <param name="missed">True when it was late or given up.</param>
    /// <param name="growth">Share of the deadline to keep back for a miss.</param>
    public void Ended(bool missed, double growth) =>
        MissReserve = missed ? Math.Min(MaxMissReserve, MissReserve + growth) : MissReserve * MissReserveKept;

    /// <summary>Learns from a stage.</summary>
    /// <param name="measuredUs">Its time, microseconds.</param>
    /// <param name="expectedUs">Its time in the table, microseconds.</param>
    /// <param name="running">Members that ran.</param>
    /// <param name="setting">The setting that was in force.</param>
    public void Observe(double measuredUs, double expectedUs, int running, int setting)
    {
        if (expectedUs > 0)
        {
            double known = SlowdownWith(running, setting);
            slowdowns[running] = Math.Clamp(known + (SlowdownWeight * ((measuredUs / expectedUs) - known)), MinSlowdown, MaxSlowdown);
        }
    }

    /// <summary>Puts the member where a kept decision found it.</summary>
    public void Restore(DecisionInput input)
    {
        Running = input.Running;
        Stage = input.Stage;
        LagUs = input.LagUs;
        Need = input.Need;
        BudgetUs = input.BudgetUs;
        Slowdown = input.Slowdown;
    }

    private static SubDeadlines ScheduleOf(MemberTables tables, double deadlineUs) =>
        new([.. Enumerable.Range(0, tables.Stages).Select(stage => tables.Time(tables.Fastest, 0, stage))], deadlineUs);
}
