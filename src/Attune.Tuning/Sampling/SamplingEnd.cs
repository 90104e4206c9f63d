namespace Attune.Tuning.Sampling;

/// <summary>Why a draw of valid points ended.</summary>
public enum SamplingEnd
{
    /// <summary>As many points as asked for were found.</summary>
    Enough,

    /// <summary>The space has no more: proven by enumeration or by exact counting.</summary>
    Exhausted,

    /// <summary>Valid points are too rare to be found by chance, and the space is too large to enumerate; there may be some.</summary>
    NotFound,
}
