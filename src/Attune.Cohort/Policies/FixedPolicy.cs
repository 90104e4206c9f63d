using Attune.Cohort.Control;

namespace Attune.Cohort.Policies;

/// <summary>One setting for every stage: max (and idle there), race-to-idle (and rest), static-best.</summary>
/// <param name="setting">The setting.</param>
/// <param name="rests">False when the machine stays at it while nothing runs.</param>
internal sealed class FixedPolicy(int setting, bool rests) : CohortPolicy
{
    /// <inheritdoc/>
    public override bool Rests => rests;

    /// <inheritdoc/>
    public override PolicyWish Wish(CohortState state, int member) => new(setting, Urgent: true);
}
