namespace Attune.Cohort.Plans;

/// <summary>What a cohort is steered towards; deadlines come first in all of them.</summary>
public enum CohortMode
{
    /// <summary>Energy against accuracy by the statistics of the decision tree.</summary>
    Balanced,

    /// <summary>Least energy; accuracy is not looked at.</summary>
    MinEnergy,

    /// <summary>Least loss of accuracy; energy is not looked at.</summary>
    MaxAccuracy,
}
