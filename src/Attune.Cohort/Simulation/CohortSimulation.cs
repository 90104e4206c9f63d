using Attune.Cohort.Control;
using Attune.Cohort.Decision;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;
using Attune.Cohort.Profiles;
using Attune.Cohort.Tables;

namespace Attune.Cohort.Simulation;

/// <summary>
/// Runs the controller on profiles instead of a machine. Event-driven: a stage's time is its table entry times lognormal noise times a contention factor of the
/// members running; when the setting or the number of running members changes, what is left of a stage goes on at the new pace. Power is the machine's at the
/// setting plus what each running stage adds to it, that part stretched as its time is. A switch stops everything for the plan's switch time. Releases are
/// periodic with random phases; a job whose predecessor still runs waits, and a newer one takes its place. Deterministic for a seed; nothing is real time.
/// </summary>
public sealed partial class CohortSimulation
{
    private const double MilliJoulePerMilliwattMicrosecond = 1e-6;
    private readonly CohortSetup setup;
    private readonly SimulationOptions options;
    private readonly CohortController controller;
    private readonly SimulatedMember[] members;
    private readonly double[] settingUs;
    private readonly List<LagPoint> trace = [];
    private readonly double[] behindSince;
    private readonly double endUs;
    private double now;
    private double stalledUntil;
    private double energy;
    private double busyEnergy;
    private double countedFromUs = double.NaN;
    private int running;
    private long decisions;

    /// <summary>Prepares a run.</summary>
    /// <param name="setup">The cohort.</param>
    /// <param name="policy">One of <see cref="PolicyCatalog.Names"/>.</param>
    /// <param name="options">How to simulate; already checked.</param>
    /// <param name="mode">Mode; null for the plan's.</param>
    /// <param name="log">Where decisions are kept; null for nowhere.</param>
    /// <exception cref="ArgumentException">There is no such policy, or an option is outside its range.</exception>
    public CohortSimulation(CohortSetup setup, string policy, SimulationOptions options, CohortMode? mode = null, DecisionLog? log = null)
    {
        if (options.Problems() is { IsEmpty: false } problems)
        {
            throw new ArgumentException(string.Join("; ", problems), nameof(options));
        }

        this.setup = setup;
        this.options = options;
        PolicyName = policy;
        controller = new CohortController(
            policy, new PolicyContext(setup, options.Seed, WorstSlowdown(setup, options.Contention)), log)
        { Mode = mode ?? setup.Plan.Mode };
        members = [.. setup.Members.Select((member, i) => new SimulatedMember
        {
            Index = i,
            Setup = member,
            Record = new MemberRecord(member.Name),
            NextReleaseUs = member.PeriodUs * NoiseSource.Uniform(options.Seed, i, -1, 0),
        })];
        settingUs = new double[setup.Settings];
        behindSince = [.. members.Select(_ => double.NaN)];
        endUs = ((long)options.Jobs * members.Length / members.Sum(member => 1 / member.Setup.PeriodUs))
            + ((options.WarmUpJobs + 1) * members.Max(member => member.Setup.PeriodUs));
    }

    /// <summary>Name of the policy.</summary>
    public string PolicyName { get; }

    /// <summary>The controller, for changes of mode and deadlines between calls of <see cref="Run(double)"/>.</summary>
    public CohortController Controller => controller;

    /// <summary>Runs to the end.</summary>
    public SimulationResult Run() => Run(endUs);

    /// <summary>Runs until a time, counted from the beginning; may be called again with a later one.</summary>
    /// <param name="untilUs">When to stop, microseconds.</param>
    public SimulationResult Run(double untilUs)
    {
        while (true)
        {
            SimulatedMember? next = NextEvent(untilUs, out double at, out bool isRelease);
            Advance(at);
            if (next is null)
            {
                if (now >= untilUs)
                {
                    break;
                }
            }
            else if (isRelease)
            {
                Release(next);
            }
            else
            {
                EndStage(next);
            }
        }

        return Result();
    }

    // The earliest of releases, ends of stages, the end of a stall (no member then) and the end of the run (no member either).
    private SimulatedMember? NextEvent(double untilUs, out double at, out bool isRelease)
    {
        SimulatedMember? next = null;
        bool stalled = now < stalledUntil;
        at = stalled ? Math.Min(untilUs, stalledUntil) : untilUs;
        isRelease = false;
        foreach (SimulatedMember member in members)
        {
            if (!stalled && member.Running)
            {
                double end = now + (member.Remaining * member.StageUs);
                if (end < at)
                {
                    (next, at, isRelease) = (member, end, false);
                }
            }

            if (member.NextReleaseUs < at)
            {
                (next, at, isRelease) = (member, member.NextReleaseUs, true);
            }
        }

        return next;
    }

    private void Advance(double at)
    {
        double passed = at - now;
        if (passed > 0 && running > 0)
        {
            double power = setup.IdlePowerMw[controller.Applied];
            bool moves = now >= stalledUntil;
            foreach (SimulatedMember member in members)
            {
                if (member.Running)
                {
                    member.Remaining = moves ? Math.Max(0, member.Remaining - (passed / member.StageUs)) : member.Remaining;
                    power += member.PowerMw;
                }
            }

            double spent = power * passed * MilliJoulePerMilliwattMicrosecond;
            energy += spent;
            busyEnergy += spent;
            settingUs[controller.Applied] += passed;
        }
        else if (passed > 0)
        {
            energy += (controller.Resting ? setup.RestPowerMw : setup.IdlePowerMw[controller.Applied]) * passed * MilliJoulePerMilliwattMicrosecond;
        }

        now = at;
    }

    // Paces and powers depend on the setting and on how many run: all change together.
    private void Repace()
    {
        int setting = controller.Applied;
        double idle = setup.IdlePowerMw[setting];
        foreach (SimulatedMember member in members)
        {
            if (member.Running)
            {
                MemberTables tables = member.Setup.Tables;
                double slowdown = setup.SlowdownOf(member.Index, setting, running, options.Contention);
                double table = tables.Time(setting, member.Variant, member.Stage);
                member.StageUs = table * member.StageFactor * slowdown;
                member.PowerMw = tables.HasEnergy
                    ? ((tables.Energy(setting, member.Variant, member.Stage) / (table * MilliJoulePerMilliwattMicrosecond)) - idle) / slowdown
                    : 0;
            }
        }
    }

    private static double WorstSlowdown(CohortSetup setup, double? contention) => Enumerable.Range(0, setup.Members.Length)
        .Max(member => setup.SlowdownOf(member, setup.FastestSetting, setup.Members.Length, contention));

    private void NoteLag(SimulatedMember member)
    {
        double share = controller.LagUs(member.Index) / controller.DeadlineUs(member.Index);
        member.Record.Lag(share);
        ref double since = ref behindSince[member.Index];
        if (share < 0)
        {
            since = double.IsNaN(since) ? now : since;
        }
        else if (!double.IsNaN(since))
        {
            member.Record.Recovered(now - since);
            since = double.NaN;
        }

        if (trace.Count < options.TracePoints)
        {
            trace.Add(new LagPoint(now, member.Index, share));
        }
    }

    private SimulationResult Result() => new()
    {
        Policy = PolicyName,
        Mode = controller.Mode,
        Members = [.. members.Select(member => member.Record)],
        DurationUs = double.IsNaN(countedFromUs) ? 0 : now - countedFromUs,
        EnergyMj = setup.Energy == EnergySource.None ? double.NaN : energy,
        BusyEnergyMj = setup.Energy == EnergySource.None ? double.NaN : busyEnergy,
        Switches = controller.Switches,
        SettingUs = [.. settingUs],
        Trace = [.. trace],
        Decisions = decisions,
    };
}
