namespace Attune.Tuning.Chameleon;

/// <summary>How CHAMELEON's adaptive sampling decides how many points to measure.</summary>
public enum ElbowRule
{
    /// <summary>The first number of clusters that does not cut the loss by the factor, as the published code does.</summary>
    SmallGain,

    /// <summary>The number of clusters farthest below the chord of the losses.</summary>
    Chord,
}
