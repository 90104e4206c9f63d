namespace Attune.Experiments.Designs;

/// <summary>One device as a target of the others.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Measured">Designs that ran on it.</param>
/// <param name="Proxy">The device that orders its designs best.</param>
/// <param name="RankCorrelation">That device's rank correlation with it; null without one.</param>
/// <param name="Action">What to do with that proxy, in words.</param>
/// <param name="UnitRankCorrelation">Rank correlation of its own unit predictor with its measurements; null without units.</param>
/// <param name="FrontSize">Designs on its front; null without accuracies.</param>
public sealed record FleetTarget(
    string Target, int Measured, string Proxy, double? RankCorrelation, string Action, double? UnitRankCorrelation, int? FrontSize);
