using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Attune.Cohort.Control;
using Attune.Cohort.Decision;
using Attune.Cohort.Live.Limits;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Devices.Cpu;
using Attune.Runtime;
using Attune.Runtime.Stages;

namespace Attune.Cohort.Live;

/// <summary>
/// A cohort that runs: several tuned models in one process, whose jobs advance stage by stage under one controller. At every boundary the controller looks at
/// all members' LAG, chooses the setting of the knobs and the variant in which the next stage runs, and the member that the order names gets processors. A
/// member that throws or hangs is freed and the others go on. Thread-safe.
/// </summary>
public sealed partial class RunningCohort : IDisposable
{
    private readonly CohortSetup setup;
    private readonly RunningCohortOptions options;
    private readonly LiveMember[] members;
    private readonly IStageController controller;
    private readonly CohortCounters counters;
    private readonly CohortTelemetry telemetry;
    private readonly KnobActuator actuator;
    private readonly LimitWatch? watch;
    private readonly object gate = new();
    private readonly List<Lane> lanes = [];
    private readonly ITimer watchdog;
    private readonly int processors;
    private readonly int threadsKnob;
    private readonly long start;
    private int threads;
    private int busyThreads;
    private int setting;
    private CohortMode mode;
    private double stageUsBefore;
    private double restUsBefore;
    private bool closed;

    internal RunningCohort(CohortSetup setup, IReadOnlyList<IStagedNetwork> networks, IStageController controller, RunningCohortOptions options)
    {
        this.setup = setup;
        this.options = options;
        this.controller = controller;
        start = options.Clock.GetTimestamp();
        processors = options.Processors > 0 ? options.Processors : UsableProcessors.Count;
        members = [.. networks.Select(
            (network, i) => new LiveMember(setup.Members[i].Name, network, ReferenceOf(setup.Members[i].Profile), setup.Members[i].DeadlineUs))];
        laneOf = new (Lane, int)[members.Length];
        threadsKnob = setup.Knobs.Select(knob => knob.Id).ToList().IndexOf(ThreadsKnob);
        counters = new CohortCounters(members.Length, setup.Settings);
        telemetry = new CohortTelemetry(this, [.. members.Select(member => member.Name)], options.Policy, options.Meter);
        setting = controller.Applied;
        mode = setup.Plan.Mode;
        threads = ThreadsOf(setting);
        actuator = new KnobActuator(setup, options.Knobs, options.Clock, options.Notify);
        actuator.Want(setting);
        actuator.Settle();
        for (int i = 0; i < processors; i++)
        {
            lanes.Add(new Lane(this, i, Math.Max(1, processors / (i + 1))));
        }

        watch = options.Thermal is not null || !actuator.Turned.IsEmpty ? new LimitWatch(this, actuator, options) : null;
        watchdog = options.Clock.CreateTimer(_ => FreeTheSilent(), null, options.Heartbeat / 4, options.Heartbeat / 4);
    }

    /// <summary>Name of the knob that is the number of threads of a stage.</summary>
    public const string ThreadsKnob = "threads";

    /// <summary>What the cohort was made from.</summary>
    public CohortSetup Setup => setup;

    /// <summary>Microseconds since the cohort was started.</summary>
    public double NowUs => options.Clock.GetElapsedTime(start).TotalMicroseconds;

    /// <summary>Starts a cohort.</summary>
    /// <param name="setup">Plan and profiles.</param>
    /// <param name="models">
    /// The model of each member, in the plan's order, compiled with as many threads as the profile's largest setting; they stay the caller's and must outlive
    /// the cohort.
    /// </param>
    /// <param name="options">How it runs.</param>
    /// <exception cref="ArgumentException">A model does not fit its profile, or there is no such policy.</exception>
    public static RunningCohort Start(CohortSetup setup, IReadOnlyList<CompiledModel> models, RunningCohortOptions options)
    {
        if (Misfit(setup, models) is { } misfit)
        {
            throw new ArgumentException(misfit.Message, nameof(models));
        }

        ImmutableArray<IStagedNetwork> networks = [.. models.Zip(setup.Members, (model, member) => new StagedNetwork(model, LayoutOf(model, member)!))];
        return new RunningCohort(setup, networks, PolicyStageController.Create(setup, options.Policy, options.Log), options);
    }

    /// <summary>Why models cannot run with the profiles of a setup, for the first member where that is so; null when they can.</summary>
    /// <param name="setup">Plan and profiles.</param>
    /// <param name="models">Models, one for each member, in order.</param>
    /// <exception cref="ArgumentException">There are not as many models as members.</exception>
    public static ModelMisfit? Misfit(CohortSetup setup, IReadOnlyList<CompiledModel> models)
    {
        if (models.Count != setup.Members.Length)
        {
            throw new ArgumentException($"There are {models.Count} models for {setup.Members.Length} members.", nameof(models));
        }

        return models.Zip(setup.Members)
            .Select((pair, i) => ModelMisfit.Of(i, pair.Second, StagedNetwork.VariantsOf(pair.First), LayoutOf(pair.First, pair.Second) is not null))
            .FirstOrDefault(misfit => misfit is not null);
    }

    private static StageLayout? LayoutOf(CompiledModel model, MemberSetup member) =>
        StageLayout.FromEnds(model.StagedSteps, [.. member.Profile.Stages.Select(stage => stage.FirstStep + stage.StepCount)]);

    /// <summary>Asks for one inference.</summary>
    /// <param name="member">Position of the member.</param>
    /// <param name="input">Elements of its input, row-major; must not change before the task ends. Empty keeps the input of the member's last job.</param>
    /// <param name="output">Receives the output, row-major; empty for nobody.</param>
    /// <param name="releaseUs">When the request counts as made, as <see cref="NowUs"/>; null for now.</param>
    /// <returns>Ends with the job; never fails: what went wrong is in the report.</returns>
    public Task<JobReport> RequestAsync(int member, ReadOnlyMemory<float> input = default, Memory<float> output = default, double? releaseUs = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)member, (uint)members.Length, nameof(member));
        lock (gate)
        {
            double now = NowUs;
            var job = new LiveJob(releaseUs ?? now, input, output);
            LiveMember asked = members[member];
            counters.Release(member);
            if (closed || asked.Failure is not null)
            {
                JobStatus status = closed ? JobStatus.Closed : JobStatus.Failed;
                job.End(Unborn(member, job, status, now, asked.Failure));
                counters.Count(member, Unborn(member, job, status, now, asked.Failure));
            }
            else if (asked.Job is null)
            {
                Begin(member, job, now);
            }
            else
            {
                Replace(member, asked, job, now);
            }

            return job.Completion;
        }
    }

    /// <summary>Changes what the cohort is steered towards.</summary>
    public void SetMode(CohortMode mode)
    {
        lock (gate)
        {
            this.mode = mode;
            controller.SetMode(mode);
        }
    }

    /// <summary>Takes settings that cannot be had out of the controller's choice.</summary>
    /// <param name="limits">What cannot be had; null gives everything back.</param>
    internal void Limit(SettingLimits? limits)
    {
        lock (gate)
        {
            if (!closed && controller.Limit(limits) is >= 0 and var next)
            {
                Apply(next);
            }
        }

        actuator.Settle();
    }

    /// <summary>Changes a member's deadline and period.</summary>
    /// <param name="member">Position of the member.</param>
    /// <param name="deadlineUs">Relative deadline, microseconds, above 0.</param>
    /// <param name="periodUs">Period, microseconds, at least the deadline.</param>
    public void SetDeadline(int member, double deadlineUs, double periodUs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(deadlineUs);
        ArgumentOutOfRangeException.ThrowIfLessThan(periodUs, deadlineUs);
        lock (gate)
        {
            members[member].SetDeadline(deadlineUs);
            controller.SetDeadline(member, deadlineUs, periodUs);
        }
    }

    /// <summary>Decisions that the log of the options keeps, oldest first.</summary>
    /// <param name="from">Number of the first one that is asked for, counted from the start.</param>
    /// <returns>The decisions, none without a log, and the number of the first: a later one where the log has no room for all.</returns>
    public (IReadOnlyList<DecisionEntry> Entries, long First) Decisions(long from)
    {
        lock (gate)
        {
            DecisionEntry[] entries = [.. options.Log?.Entries(from) ?? []];
            return (entries, entries.Length == 0 ? from : options.Log!.Count - entries.Length);
        }
    }

    /// <summary>Everything counted so far.</summary>
    /// <param name="maxResponses">How many of each member's latest response times to give, for whoever asks often.</param>
    public CohortRunFigures Figures(int maxResponses = ResponseWindow.Max)
    {
        CohortRunFigures figures;
        lock (gate)
        {
            figures = counters.Figures(members, maxResponses, NowUs);
        }

        return figures with
        {
            SwitchUs = actuator.StageUs - stageUsBefore,
            RestUs = actuator.RestUs - restUsBefore,
            Members = [.. figures.Members.Select(member => member.Sorted())],
        };
    }

    /// <summary>What the system did not let the cohort have; null where nothing is watched: no temperature has a limit, and no knob is turned.</summary>
    public LimitFigures? Limits() => watch?.Figures();

    /// <summary>What the cohort does at this moment.</summary>
    public CohortGlance Glance()
    {
        lock (gate)
        {
            double now = NowUs;
            return new CohortGlance(
                now,
                mode,
                setup.SettingText(setting),
                threads,
                [.. members.Select(member => new MemberGlance(
                    member.Name, member.DeadlineUs, member.Job is null ? null : member.LagUs(now), member.Stage, member.Network.Stages, member.Failure))]);
        }
    }

    /// <summary>Stops counting what came before: warming up is over.</summary>
    public void ResetFigures()
    {
        lock (gate)
        {
            counters.Reset(NowUs, options.Meter?.MilliJoules());
            (stageUsBefore, restUsBefore) = (actuator.StageUs, actuator.RestUs);
        }

        watch?.Reset();
    }

    /// <summary>Ends all jobs that have not begun, waits for stages that run (not for those that hang) and puts the networks away.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (closed)
            {
                return;
            }

            closed = true;
            double now = NowUs;
            for (int i = 0; i < members.Length; i++)
            {
                members[i].Waiting?.End(Unborn(i, members[i].Waiting!, JobStatus.Closed, now, null));
                members[i].Waiting = null;
                if (members[i] is { Job: not null, OnLane: false })
                {
                    End(i, JobStatus.Closed, now, null);
                }
            }

            Monitor.PulseAll(gate);
        }

        watchdog.Dispose();
        watch?.Dispose();
        lanes.ForEach(lane => lane.Join(options.Heartbeat));
        telemetry.Dispose();
        foreach (LiveMember member in members.Where(member => !member.OnLane))
        {
            member.Network.Dispose();
        }
    }

    /// <summary>How the cohort runs.</summary>
    public RunningCohortOptions Options => options;

    /// <summary>Energy since counting began, millijoules; null without a meter, or when it vanished.</summary>
    public double? MilliJoules()
    {
        double before;
        lock (gate)
        {
            before = counters.EnergyAtStart ?? 0;
        }

        return options.Meter?.MilliJoules() - before;
    }

    /// <summary>The instruments of this cohort, apart from those of others in the process.</summary>
    public Meter Meter => telemetry.Meter;

    internal double EnergyMilliJoules => options.Meter?.MilliJoules() ?? 0;

    internal (double LagUs, string Setting) Glance(int member)
    {
        lock (gate)
        {
            LiveMember asked = members[member];
            return (asked.Job is null ? 0 : asked.LagUs(NowUs), setup.SettingText(setting));
        }
    }

    private static JobReport Unborn(int member, LiveJob job, JobStatus status, double now, string? error) =>
        new(member, status, job.ReleaseUs, Math.Max(0, now - job.ReleaseUs), 0) { Error = error };

    private static ImmutableArray<double> ReferenceOf(CohortProfile profile) => profile.Settings[profile.FastestSetting()].Variants[0].StageUs;

    private int ThreadsOf(int position) => threadsKnob < 0 ? processors : Math.Clamp((int)setup.ValuesOf(position)[threadsKnob], 1, processors);
}
