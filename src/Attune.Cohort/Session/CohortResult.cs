using Attune.Cohort.Decision;
using Attune.Cohort.Live;
using Attune.Cohort.Live.Limits;
using Attune.Cohort.Plans;

namespace Attune.Cohort.Session;

/// <summary>How a run of a cohort went.</summary>
/// <param name="Figures">What was counted.</param>
/// <param name="Mode">Mode in force at the end.</param>
/// <param name="MilliJoules">Energy of the counted time; null without a meter, or where it vanished.</param>
/// <param name="IsInterrupted">True when it was cancelled before its time was over.</param>
public sealed record CohortResult(CohortRunFigures Figures, CohortMode Mode, double? MilliJoules, bool IsInterrupted)
{
    /// <summary>The last decisions, as many as the options keep.</summary>
    public IReadOnlyList<DecisionEntry> Decisions { get; init; } = [];

    /// <summary>What the system did not let it have; null where nothing is watched.</summary>
    public LimitFigures? Limits { get; init; }
}
