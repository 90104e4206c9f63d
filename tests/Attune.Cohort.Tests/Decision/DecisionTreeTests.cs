using Attune.Cohort.Decision;
using Attune.Cohort.Plans;
using Attune.Cohort.Tables;

namespace Attune.Cohort.Tests.Decision;

public sealed class DecisionTreeTests
{
    private static readonly SpeedUpTable Table = SpeedUpTable.Of([new SpeedUpRow(0, 1, 1), new SpeedUpRow(1, 2, 1.5), new SpeedUpRow(2, 4, 3)]);

    [Fact]
    public void Without_a_feasible_branch_the_least_late_one_is_taken_in_every_mode()
    {
        foreach (CohortMode mode in Enum.GetValues<CohortMode>())
        {
            DecisionTree tree = Tree((9, 100), (1, 1000));
            tree.Branches.ToArray().ShouldAllBe(branch => !branch.Feasible);
            tree.Branches[tree.Choose(mode, strict: false)].Setting.ShouldBe(2, mode.ToString());
        }
    }

    [Fact]
    public void Equal_wishes_are_judged_once() => Tree((1.9, 100), (2, 100), (1.5, 100)).Branches.Length.ShouldBe(1);

    [Fact]
    public void Maximum_accuracy_breaks_ties_by_cost()
    {
        DecisionTree tree = Tree((1.9, 100), (3.9, 100), (0.5, 100));
        Branch chosen = tree.Branches[tree.Choose(CohortMode.MaxAccuracy, strict: true)];
        chosen.Setting.ShouldBe(0, "without variants no branch loses accuracy, so the cheapest is taken when deadlines are not looked at");
        tree.Branches[tree.Choose(CohortMode.MaxAccuracy, strict: false)].Setting.ShouldBe(2, "only the fastest meets all deadlines");
    }

    [Fact]
    public void Weight_multiplies_loss_and_lateness()
    {
        var tree = new DecisionTree(1);
        tree.Add(
            new TreeMember(0, 8, 100, 800, 3, Table, _ => ApproximationTable.Of([new ApproximationRow(1, 0, 0), new ApproximationRow(1.5, 2, 1)]), null, 0));
        tree.Build(0, CostMeasure.Power);
        tree.Branches[0].Loss.ShouldBe(6);
        tree.Branches[0].LatenessUs.ShouldBe(3 * ((800.0 / (4 * 1.5)) - 100), 1e-9);
    }

    [Fact]
    public void Two_points_are_decided_by_scores_and_then_by_cost()
    {
        Branch[] branches = [new(0, 0, 1.2267, 1.5, true, 0), new(1, 1, 1.4811, 0, true, 0)];
        Regression.Choose(branches, [true, true], new double[4]).ShouldBe(0, "both scores are 0, so the smaller cost wins");
    }

    private static DecisionTree Tree(params (double Need, double Budget)[] members)
    {
        var tree = new DecisionTree(members.Length);
        for (int i = 0; i < members.Length; i++)
        {
            tree.Add(new TreeMember(
                i, members[i].Need, members[i].Budget, members[i].Need * members[i].Budget, 1, Table, _ => ApproximationTable.ExactOnly, null, 0));
        }

        tree.Build(0, CostMeasure.Power);
        return tree;
    }
}
