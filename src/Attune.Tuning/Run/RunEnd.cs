namespace Attune.Tuning;

/// <summary>Why a run ended.</summary>
public enum RunEnd
{
    /// <summary>Its time was over.</summary>
    TimeSpent,

    /// <summary>Its trials were used up.</summary>
    TrialsSpent,

    /// <summary>Every task had ended by itself.</summary>
    TasksEnded,

    /// <summary>The caller cancelled; what was found until then is reported.</summary>
    Cancelled,
}
