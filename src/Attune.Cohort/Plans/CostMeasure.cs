namespace Attune.Cohort.Plans;

/// <summary>What a setting costs, for choosing among those that are fast enough.</summary>
public enum CostMeasure
{
    /// <summary>
    /// Energy above the machine's power at rest until the job is done: what a job adds to a period's energy. Power alone where the profile has none.
    /// </summary>
    Energy,

    /// <summary>Power, as on the slides: the slowest setting that is fast enough, even where it needs more energy in the end.</summary>
    Power,
}
