using System.Runtime.InteropServices;
using Attune.Cohort.Control;
using Attune.Cohort.Lag;
using Attune.Cohort.Profiles;

namespace Attune.Cohort.Live;

/// <summary>One member of a running cohort and its job. Everything is guarded by the cohort's lock, but for the network while it runs a stage.</summary>
internal sealed class LiveMember(string name, IStagedNetwork network, IReadOnlyList<double> referenceUs, double deadlineUs)
{
    private readonly double[] lags = new double[network.Stages];
    private readonly int[] variants = new int[network.Stages];
    private readonly int[] settings = new int[network.Stages];
    private double sumOfLosses;
    private double worstLoss;

    public string Name { get; } = name;

    public IStagedNetwork Network { get; } = network;

    /// <summary>Relative deadline, microseconds.</summary>
    public double DeadlineUs { get; private set; } = deadlineUs;

    /// <summary>The ideal schedule.</summary>
    public SubDeadlines Schedule { get; private set; } = new(referenceUs, deadlineUs);

    /// <summary>What was decided about the next stage already: at the release, or when there was no room to run it; null when it is to be decided.</summary>
    public StageChoice? Decided { get; set; }

    /// <summary>The job at hand; null when there is none.</summary>
    public LiveJob? Job { get; set; }

    /// <summary>The job that waits for the present one to end; the newest wins.</summary>
    public LiveJob? Waiting { get; set; }

    /// <summary>Next stage of the job.</summary>
    public int Stage { get; set; }

    /// <summary>True while a lane runs a stage of it.</summary>
    public bool OnLane { get; set; }

    /// <summary>When the lane began, microseconds.</summary>
    public double LaneBeganUs { get; set; }

    /// <summary>Why it no longer takes part; null while it does.</summary>
    public string? Failure { get; set; }

    /// <summary>Counts lanes that took it: a lane that comes back after it was freed finds another number.</summary>
    public int Turn { get; set; }

    /// <summary>True when a lane may take it.</summary>
    public bool IsReady => Failure is null && Job is not null && !OnLane;

    /// <summary>How far the job is ahead of its schedule, microseconds.</summary>
    public double LagUs(double nowUs) => Schedule.Lag(Stage, nowUs - Job!.ReleaseUs);

    public void SetDeadline(double us)
    {
        DeadlineUs = us;
        Schedule = new SubDeadlines(referenceUs, us);
    }

    public void Note(int stage, int variant, int setting)
    {
        variants[stage] = variant;
        settings[stage] = setting;
    }

    public void NoteLag(int stage, double lagUs) => lags[stage] = lagUs;

    /// <summary>Notes that the present job runs a stage in a form.</summary>
    public void GiveUp(ProfileVariant variant, int stage)
    {
        sumOfLosses += variant.StageLoss[stage];
        worstLoss = Math.Max(worstLoss, Math.Min(100, variant.Loss));
    }

    /// <summary>A new job begins: nothing is given up yet.</summary>
    public void ForgetLoss() => sumOfLosses = worstLoss = 0;

    /// <summary>What became of the present job.</summary>
    public JobReport Report(int member, JobStatus status, double nowUs, string? error) => new(member, status, Job!.ReleaseUs, nowUs - Job.ReleaseUs, DeadlineUs)
    {
        LagUs = ImmutableCollectionsMarshal.AsImmutableArray(lags[..Stage]),
        Variants = ImmutableCollectionsMarshal.AsImmutableArray(variants[..Stage]),
        Settings = ImmutableCollectionsMarshal.AsImmutableArray(settings[..Stage]),
        LossPoints = Math.Min(sumOfLosses, worstLoss),
        Error = error,
    };
}
