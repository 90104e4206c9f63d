using Attune.Cohort.Control;

namespace Attune.Cohort.Simulation;

/// <summary>A member inside the simulator: its releases, the job in progress, the one that waits.</summary>
internal sealed class SimulatedMember
{
    public required int Index { get; init; }

    public required MemberSetup Setup { get; init; }

    public required MemberRecord Record { get; init; }

    public double NextReleaseUs { get; set; }

    public long Released { get; set; }

    public bool Running { get; set; }

    /// <summary>Number of the job in progress.</summary>
    public long Job { get; set; }

    public double JobReleaseUs { get; set; }

    public double JobFactor { get; set; }

    public int Stage { get; set; }

    public int Variant { get; set; }

    /// <summary>Share of the stage in progress that is still to do.</summary>
    public double Remaining { get; set; }

    public double StageFactor { get; set; }

    /// <summary>True when a released job waits for the one in progress; a newer one takes its place.</summary>
    public bool Waiting { get; set; }

    public long WaitingJob { get; set; }

    public double WaitingReleaseUs { get; set; }

    /// <summary>Microseconds that the stage in progress takes as a whole at present.</summary>
    public double StageUs { get; set; }

    /// <summary>Power above idle that it draws at present, milliwatts.</summary>
    public double PowerMw { get; set; }
}
