using Attune.Cohort.Control;
using Attune.Cohort.Decision;
using Attune.Cohort.Plans;
using Attune.Cohort.Tables;

namespace Attune.Cohort.Policies;

/// <summary>
/// NeuOS (Bateni and Liu, USENIX ATC 2020; design paper, 1.8 to 1.12): every running member asks for the cheapest setting that meets its deadline (Delta), each
/// such setting is judged by what it would cost the others in accuracy (X, S_A), and the mode chooses. A member that runs alone plans a setting for each of its
/// remaining stages instead, since nobody else has to live with them; the slides have only one setting per decision, which option cost = power restores.
/// </summary>
internal sealed class NeuOsPolicy(int members) : CohortPolicy
{
    // A switch that only saves cost must save at least this share of it.
    private const double WorthSwitching = 0.01;
    private readonly int[] treeIndex = new int[members];
    private double aloneSpeed;

    /// <summary>The tree of the latest decision; empty when the member ran alone.</summary>
    public DecisionTree Tree { get; } = new(members);

    /// <summary>Index of the branch that the latest decision chose; -1 when the member ran alone.</summary>
    public int Chosen { get; private set; } = -1;

    /// <inheritdoc/>
    public override bool LearnsFromMisses => true;

    /// <inheritdoc/>
    public override PolicyWish Wish(CohortState state, int member)
    {
        Tree.Clear();
        Chosen = -1;
        MemberState self = state.Members[member];
        if (state.RunningCount() == 1)
        {
            return Alone(state, self);
        }

        aloneSpeed = 0;
        for (int i = 0; i < state.Members.Length; i++)
        {
            MemberState each = state.Members[i];
            if (each.Running)
            {
                treeIndex[i] = Tree.Members.Length;
                Tree.Add(new TreeMember(
                    i,
                    each.Need,
                    each.BudgetUs,
                    each.Tables.Rest(each.Tables.Slowest, each.Stage) * each.Slowdown,
                    each.Weight,
                    each.Tables.Constant(each.Stage),
                    null,
                    each.Tables,
                    each.Stage));
            }
        }

        Tree.Build(state.Options.Guard, state.Options.Cost);
        Chosen = Tree.Choose(state.Mode, state.Options.Strict);
        Branch chosen = Tree.Branches[Chosen];
        if (chosen.Setting == state.Applied)
        {
            return new PolicyWish(StageChoice.Keep, Urgent: false);
        }

        if (state.Options.Strict)
        {
            return new PolicyWish(chosen.Setting, Urgent: true);
        }

        Branch applied = Tree.Evaluate(state.Applied, treeIndex[member], state.Options.Cost);
        bool serves = (applied.Feasible || !chosen.Feasible) && applied.LatenessUs <= chosen.LatenessUs
            && (state.Mode == CohortMode.MinEnergy || applied.Loss <= chosen.Loss);
        if (!serves)
        {
            return new PolicyWish(chosen.Setting, Urgent: true);
        }

        bool saves = applied.Cost - chosen.Cost > WorthSwitching * Math.Abs(applied.Cost);
        return new PolicyWish(saves ? chosen.Setting : StageChoice.Keep, Urgent: false);
    }

    /// <inheritdoc/>
    public override int Variant(CohortState state, int member)
    {
        MemberState self = state.Members[member];

        // Alone, the plan may be slow now because it will be fast later: only what even the fastest plan cannot do asks for an approximation.
        double speed = aloneSpeed > 0 ? aloneSpeed : self.Tables.Constant(self.Stage)[state.Applied].SpeedUp;
        return self.Tables.Approximations(state.Applied, self.Stage).Lookup(self.Need / speed, out _).NextVariant;
    }

    private PolicyWish Alone(CohortState state, MemberState self)
    {
        SpeedUpTable plans = self.Tables.Planned(self.Stage);
        aloneSpeed = plans.Fastest;
        int wish = plans.Lookup(self.Need, state.Options.Guard, out _).Setting;
        bool tooSlow = self.Tables.Constant(self.Stage)[state.Applied].SpeedUp < self.Need;
        return new PolicyWish(wish == state.Applied ? StageChoice.Keep : wish, tooSlow);
    }
}
