using Attune.Cohort.Plans;
using Attune.Cohort.Policies;

namespace Attune.Cohort.Comparison;

/// <summary>A policy to compare, with a mode where it has one.</summary>
/// <param name="Policy">One of <see cref="PolicyCatalog.Names"/>.</param>
/// <param name="Mode">Its mode; null for policies without.</param>
public sealed record PolicyRun(string Policy, CohortMode? Mode)
{
    /// <summary>How reports call it.</summary>
    public string Label => Mode is { } mode ? $"{Policy} {CohortModes.NameOf(mode)}" : Policy;

    /// <summary>The runs that a list of policies means: those with modes once per mode.</summary>
    public static IEnumerable<PolicyRun> Of(IEnumerable<string> policies) =>
        policies.SelectMany(
            policy =>
                PolicyCatalog.HasModes(policy) ? Enum.GetValues<CohortMode>().Select(mode => new PolicyRun(policy, mode)) : [new PolicyRun(policy, null)]);
}
