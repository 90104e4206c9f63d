using Attune.Cohort.Decision;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;

namespace Attune.Cohort.Control;

/// <summary>
/// Steers a cohort: told of releases, stage boundaries and completions with their times, it answers which setting to apply and which variant runs next. The
/// single actuator's rules (dwell time, worth of a switch) are in it; applying is the caller's. Knows no clock and does no I/O, so that the same code runs
/// live, in simulation and in replay. Allocates nothing per call. One caller at a time. Times are microseconds of one monotonic clock.
/// </summary>
public sealed class CohortController
{
    private readonly CohortState state;
    private readonly CohortPolicy policy;
    private readonly DecisionLog? log;

    /// <summary>Makes a controller.</summary>
    /// <param name="policyName">One of <see cref="PolicyCatalog.Names"/>.</param>
    /// <param name="context">What the policy is made from.</param>
    /// <param name="log">Where decisions are kept; null for nowhere.</param>
    /// <exception cref="ArgumentException">There is no such policy.</exception>
    public CohortController(string policyName, PolicyContext context, DecisionLog? log = null)
    {
        policy = PolicyCatalog.Create(policyName, context);
        state = new CohortState(context.Setup);
        this.log = log;
    }

    /// <summary>The setting in force, or the one before a rest.</summary>
    public int Applied => state.Applied;

    /// <summary>True while the machine is in its deepest state.</summary>
    public bool Resting => state.Resting;

    /// <summary>How often the setting changed, rests included.</summary>
    public long Switches => state.Switches;

    /// <summary>The mode; may be changed at any time, counts from the next decision on.</summary>
    public CohortMode Mode
    {
        get => state.Mode;
        set => state.Mode = value;
    }

    /// <summary>Changes a member's deadline and period; counts for the job in progress too.</summary>
    /// <param name="member">Index of the member.</param>
    /// <param name="deadlineUs">New relative deadline, microseconds, above 0.</param>
    /// <param name="periodUs">New period, microseconds, at least the deadline.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is out of its range.</exception>
    public void SetDeadline(int member, double deadlineUs, double periodUs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(deadlineUs);
        ArgumentOutOfRangeException.ThrowIfLessThan(periodUs, deadlineUs);
        state.Members[member].SetDeadline(deadlineUs, periodUs);
    }

    /// <summary>A member's relative deadline, microseconds.</summary>
    public double DeadlineUs(int member) => state.Members[member].DeadlineUs;

    /// <summary>A member's LAG at its latest boundary, microseconds; above 0 it is ahead of its schedule.</summary>
    public double LagUs(int member) => state.Members[member].LagUs;

    /// <summary>Accuracy lost by a member's job so far, points; of the latest job when none runs.</summary>
    public double LossPoints(int member) => state.Members[member].LossPoints;

    /// <summary>What the others' presence costs a member at present, as a factor of time.</summary>
    public double Slowdown(int member) => state.Members[member].Slowdown;

    /// <summary>A job starts.</summary>
    /// <param name="member">Index of the member; it must not be running.</param>
    /// <param name="releaseUs">When it was released; waiting counts.</param>
    /// <param name="nowUs">Now.</param>
    /// <returns>What to do before its first stage.</returns>
    /// <exception cref="InvalidOperationException">The member is running.</exception>
    public StageChoice Release(int member, double releaseUs, double nowUs)
    {
        MemberState job = state.Members[member];
        if (job.Running)
        {
            throw new InvalidOperationException($"Member {member} was released while its job runs; complete that one first.");
        }

        state.NowUs = nowUs;
        job.Running = true;
        job.Stage = 0;
        job.ReleaseUs = releaseUs;
        job.StartUs = nowUs;
        job.LossPoints = 0;
        job.LastStageUs = 0;
        policy.Released(state, member);
        return Next(member, job);
    }

    /// <summary>A stage ended that was not the last.</summary>
    /// <param name="member">Index of the member.</param>
    /// <param name="nowUs">Now.</param>
    /// <returns>What to do before the next stage.</returns>
    /// <exception cref="InvalidOperationException">The member is not running, or stood in its last stage.</exception>
    public StageChoice Boundary(int member, double nowUs)
    {
        MemberState job = state.Members[member];
        if (!job.Running || job.Stage + 1 >= job.Tables.Stages)
        {
            throw new InvalidOperationException(job.Running ? $"Member {member} has no further stage; complete the job." : $"Member {member} does not run.");
        }

        EndStage(job, nowUs);
        job.Stage++;
        return Next(member, job);
    }

    /// <summary>A job ended: after its last stage, aborted, or crashed.</summary>
    /// <param name="member">Index of the member.</param>
    /// <param name="nowUs">Now.</param>
    /// <param name="finished">True when its last stage ran to the end.</param>
    /// <returns>The setting to apply: <see cref="StageChoice.Keep"/> or <see cref="StageChoice.Rest"/>.</returns>
    public int Complete(int member, double nowUs, bool finished = true)
    {
        MemberState job = state.Members[member];
        state.NowUs = nowUs;
        if (finished)
        {
            EndStage(job, nowUs);
            job.LagUs = job.Schedule.Lag(job.Tables.Stages, nowUs - job.ReleaseUs);
            policy.Completed(state, member, nowUs - job.StartUs);
        }

        job.Running = false;
        if (policy.LearnsFromMisses)
        {
            job.Ended(!finished || nowUs - job.ReleaseUs > job.DeadlineUs, state.Options.MissReserve);
        }

        if (!policy.Rests || state.Resting || state.RunningCount() > 0)
        {
            return StageChoice.Keep;
        }

        state.Resting = true;
        state.Switches++;
        return StageChoice.Rest;
    }

    /// <summary>Tells which setting is really in force, where it is not the one asked for: clocks may be capped, a write may fail.</summary>
    /// <param name="setting">The setting in force.</param>
    public void ReadBack(int setting)
    {
        if (setting != state.Applied)
        {
            state.Applied = setting;
            state.Switches++;
        }
    }

    /// <summary>Takes settings out of the choice, because clocks are capped or the machine is hot, or gives them back.</summary>
    /// <param name="limits">What cannot be had; null when everything can.</param>
    /// <returns>The setting to apply now, where the one in force cannot be had any more; else <see cref="StageChoice.Keep"/>.</returns>
    public int Limit(SettingLimits? limits)
    {
        state.Limit(limits);
        int next = limits?.Instead(state.Applied) ?? state.Applied;
        if (next == state.Applied)
        {
            return StageChoice.Keep;
        }

        state.Applied = next;
        state.Switches++;
        return state.Resting ? StageChoice.Keep : next;
    }

    private void EndStage(MemberState job, double nowUs)
    {
        state.NowUs = nowUs;
        job.LastStageUs = nowUs - job.StageBeganUs;

        // A stage during which the setting changed says nothing about the presence of others; one during which others came or went counts for how many there
        // were on average.
        if (job.SwitchesAtBegin == state.Switches)
        {
            job.Observe(job.LastStageUs, job.ExpectedUs, (job.RunningAtBegin + state.RunningCount() + 1) / 2, state.Applied);
        }
    }

    private StageChoice Next(int member, MemberState job)
    {
        state.Publish(job);
        if (state.Options.AbortLate && job.BudgetUs <= 0)
        {
            return new StageChoice(StageChoice.Keep, 0, Abort: true);
        }

        PolicyWish wish = policy.Wish(state, member);
        int before = state.Applied;
        int apply = Actuate(wish);
        int variant = policy.Variant(state, member);
        log?.Add(state, member, before, wish, variant);
        job.StageBeganUs = state.NowUs;
        job.ExpectedUs = job.Tables.Time(state.Applied, variant, job.Stage);
        job.SwitchesAtBegin = state.Switches;
        job.RunningAtBegin = state.RunningCount();
        job.LossPoints += job.Tables.Loss(variant, job.Stage);
        return new StageChoice(apply, variant, Abort: false);
    }

    // One actuator for all: switches that only save cost wait for the dwell time, those that a deadline needs do not.
    private int Actuate(PolicyWish wish)
    {
        int wanted = wish.Setting == StageChoice.Keep ? state.Applied : state.Limits?.Instead(wish.Setting) ?? wish.Setting;
        if (state.Resting)
        {
            state.Resting = false;
        }
        else if (wanted == state.Applied || !(wish.Urgent || state.NowUs - state.LastSwitchUs >= state.Options.DwellUs))
        {
            return StageChoice.Keep;
        }

        state.Applied = wanted;
        state.LastSwitchUs = state.NowUs;
        state.Switches++;
        return wanted;
    }
}
