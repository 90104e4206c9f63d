namespace Attune.Cohort.Plans;

/// <summary>Over how much of a job its delay is to be made good (design paper, 1.6).</summary>
public enum RecoveryHorizon
{
    /// <summary>Over all remaining stages, equation (8c). Short stages after long ones do not saturate it.</summary>
    Rest,

    /// <summary>Within the next stage, relative to the slowest setting, equation (8b).</summary>
    NextStage,

    /// <summary>Within the next stage, relative to the schedule's own pace, as the published code does, equation (8a); 7 when it cannot be.</summary>
    NextStageRelative,
}
