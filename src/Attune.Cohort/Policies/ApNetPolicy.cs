using Attune.Cohort.Control;

namespace Attune.Cohort.Policies;

/// <summary>
/// ApNet (Bateni and Liu, RTSS 2018; design paper, 2.2): clocks at maximum, deadlines met by approximating layers of each network on its own.
/// </summary>
/// <param name="setting">The fastest setting.</param>
/// <param name="allOut">True for the fastest variant of every stage whatever is needed: what this misses, nothing can meet.</param>
internal sealed class ApNetPolicy(int setting, bool allOut) : CohortPolicy
{
    /// <inheritdoc/>
    public override PolicyWish Wish(CohortState state, int member) => new(setting, Urgent: true);

    /// <inheritdoc/>
    public override int Variant(CohortState state, int member)
    {
        MemberState self = state.Members[member];
        int fastest = state.Limits?.Instead(setting) ?? setting;
        double need = allOut ? double.PositiveInfinity : self.Need / self.Tables.Constant(self.Stage)[fastest].SpeedUp;
        return self.Tables.Approximations(fastest, self.Stage).Lookup(need, out _).NextVariant;
    }
}
