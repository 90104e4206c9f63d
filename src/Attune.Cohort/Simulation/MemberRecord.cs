using System.Runtime.InteropServices;

namespace Attune.Cohort.Simulation;

/// <summary>What became of one member's jobs; warm-up jobs are not in it.</summary>
/// <param name="name">Name of the member.</param>
public sealed class MemberRecord(string name)
{
    private readonly List<float> ratios = [];

    /// <summary>Name of the member.</summary>
    public string Name { get; } = name;

    /// <summary>Jobs released, dropped ones included.</summary>
    public long Released { get; private set; }

    /// <summary>Jobs that finished, late ones included.</summary>
    public long Completed { get; private set; }

    /// <summary>Jobs that finished late, were given up, or never began.</summary>
    public long Missed { get; private set; }

    /// <summary>Jobs that never began, because a newer one took their place, or were given up.</summary>
    public long Dropped { get; private set; }

    /// <summary>Sum of response times of finished jobs, microseconds.</summary>
    public double ResponseUs { get; private set; }

    /// <summary>Sum of accuracy losses of finished jobs, points.</summary>
    public double LossPoints { get; private set; }

    /// <summary>Lowest LAG at a boundary over the deadline; negative when behind.</summary>
    public double WorstLag { get; private set; }

    /// <summary>Longest time from falling behind to being on schedule again, microseconds.</summary>
    public double LongestRecoveryUs { get; private set; }

    /// <summary>Response over deadline of every finished job, in the order of completion.</summary>
    public ReadOnlySpan<float> Ratios => CollectionsMarshal.AsSpan(ratios);

    /// <summary>Notes a job that finished.</summary>
    /// <param name="responseUs">From release to completion, microseconds.</param>
    /// <param name="deadlineUs">Its deadline, microseconds.</param>
    /// <param name="lossPoints">Accuracy lost, points.</param>
    public void Finish(double responseUs, double deadlineUs, double lossPoints)
    {
        Released++;
        Completed++;
        Missed += responseUs > deadlineUs ? 1 : 0;
        ResponseUs += responseUs;
        // Losses of stages are added up, but nothing can lose more than everything.
        LossPoints += Math.Min(100, lossPoints);
        ratios.Add((float)(responseUs / deadlineUs));
    }

    /// <summary>Notes a job that never began or was given up.</summary>
    public void Drop()
    {
        Released++;
        Missed++;
        Dropped++;
    }

    /// <summary>Notes the LAG at a boundary.</summary>
    /// <param name="share">LAG over deadline.</param>
    public void Lag(double share) => WorstLag = Math.Min(WorstLag, share);

    /// <summary>Notes that a member that was behind is on schedule again.</summary>
    /// <param name="us">How long it was behind, microseconds.</param>
    public void Recovered(double us) => LongestRecoveryUs = Math.Max(LongestRecoveryUs, us);
}
