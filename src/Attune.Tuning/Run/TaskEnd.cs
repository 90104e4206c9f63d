namespace Attune.Tuning.Run;

/// <summary>Why a task gets no more trials.</summary>
public enum TaskEnd
{
    /// <summary>It still could: the run's budget ended first.</summary>
    None,

    /// <summary>No new best for as many trials as <see cref="TuningOptions.Patience"/> allows.</summary>
    Converged,

    /// <summary>The searcher has no further point.</summary>
    Exhausted,

    /// <summary>Too many candidates in a row crashed, hung, were wrong or did not compile.</summary>
    Failing,
}
