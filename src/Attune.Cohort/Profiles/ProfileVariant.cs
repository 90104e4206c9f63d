using System.Collections.Immutable;

namespace Attune.Cohort.Profiles;

/// <summary>One form of a network. The first of a profile is the exact one; another may replace some of its stages by approximations, stage by stage.</summary>
/// <param name="Name">Name, for example <c>exact</c> or <c>lowrank-0.5</c>.</param>
/// <param name="Loss">Accuracy lost when every stage runs in this form, points (percent of inputs), at least 0; 0 for the exact one.</param>
public sealed record ProfileVariant(string Name, double Loss)
{
    /// <summary>
    /// Accuracy lost by each stage in this form, points, one per stage of the profile: 0 where the stage is the exact one (the form does not touch it). Losses
    /// of stages are taken as additive.
    /// </summary>
    public required ImmutableArray<double> StageLoss { get; init; }
}
