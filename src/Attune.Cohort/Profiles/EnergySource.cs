namespace Attune.Cohort.Profiles;

/// <summary>Where the energies of a profile come from.</summary>
public enum EnergySource
{
    /// <summary>There are none: the machine has no meter and no model was asked for.</summary>
    None,

    /// <summary>A meter measured them.</summary>
    Measured,

    /// <summary>A model made them from times and watts that the user gave; never to be shown without this word.</summary>
    Estimated,
}
