namespace Attune.Numerics;

/// <summary>What a ratio of times and its interval allow to be said.</summary>
public enum RatioVerdict
{
    /// <summary>The whole interval is above 1.</summary>
    Faster,

    /// <summary>The whole interval is below 1.</summary>
    Slower,

    /// <summary>The interval holds 1, or there are too few pairs for any interval.</summary>
    CannotTell,
}
