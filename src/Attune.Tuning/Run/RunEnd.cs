namespace Attune.Tuning.Run;

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

    /// <summary>Every candidate failed: so many in a row, from the start, that going on makes no sense, or all there were.</summary>
    NothingWorked,
}
