namespace Attune.Tuning.Search;

/// <summary>Why a search ended.</summary>
public enum SearchStop
{
    /// <summary>It had all its trials.</summary>
    Trials,

    /// <summary>No new best for as many trials as the limits allow.</summary>
    Patience,

    /// <summary>The tuner had no further point.</summary>
    Exhausted,

    /// <summary>So many trials failed before the first that worked that there is nothing to hope for.</summary>
    Failing,
}
