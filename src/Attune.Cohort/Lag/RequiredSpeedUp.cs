namespace Attune.Cohort.Lag;

/// <summary>How much faster than some pace the rest of a job must go (design paper, 1.6). Infinity where no speed is enough.</summary>
internal static class RequiredSpeedUp
{
    /// <summary>What the published code takes for "very late".</summary>
    public const double VeryLate = 7;

    /// <summary>Equation (8a): the next stage's sub-deadline over what is left of it, relative to the schedule's own pace.</summary>
    public static double NextStageRelative(double nextDuration, double lag)
    {
        double needed = nextDuration / (nextDuration + lag);
        return needed < 0 || !double.IsFinite(needed) ? VeryLate : needed;
    }

    /// <summary>Equation (8b): the next stage at the slowest setting over what is left of its sub-deadline.</summary>
    public static double NextStage(double nextTimeAtSlowest, double nextDuration, double lag) =>
        nextDuration + lag > 0 ? nextTimeAtSlowest / (nextDuration + lag) : double.PositiveInfinity;

    /// <summary>Equation (8c): the rest of the job at the slowest setting over the time that is left.</summary>
    public static double Rest(double restAtSlowest, double budget) => budget > 0 ? restAtSlowest / budget : double.PositiveInfinity;
}
