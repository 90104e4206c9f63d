using Attune.Cohort.Control;

namespace Attune.Cohort.Policies;

/// <summary>
/// PredJoule driven by the table (design paper, 2.1): the cheapest sufficient setting of the running network, without a look at the others. The last writer
/// wins.
/// </summary>
internal sealed class PredJouleTablePolicy : CohortPolicy
{
    /// <inheritdoc/>
    public override PolicyWish Wish(CohortState state, int member)
    {
        MemberState self = state.Members[member];
        return new PolicyWish(self.Tables.Constant(self.Stage).Lookup(self.Need, state.Options.Guard, out _).Setting, Urgent: true);
    }
}
