using Attune.Cohort.Decision;
using Attune.Cohort.Plans;
using Attune.Cohort.Tables;

namespace Attune.Cohort.Tests.Decision;

/// <summary>Golden vector T4 of the design paper, section 1.17: three networks of one kind, their needs, four variants each.</summary>
public sealed class GoldenTreeTests
{
    // Clock (MHz times 100, as the setting), SpeedUp and PowerUp of the rows that the vector uses.
    private const int Slow = 0;
    private const int Third = 1;
    private const int First = 2;
    private const int Second = 3;
    private static readonly double[] Needs = [3.15, 5.0, 1.667];

    private static readonly SpeedUpTable Table = SpeedUpTable.Of(
        [
            new SpeedUpRow(Slow, 1.6260, 1.0825), new SpeedUpRow(Third, 2.2375, 1.1484), new SpeedUpRow(First, 3.3282, 1.2267),
            new SpeedUpRow(Second, 5.1303, 1.4811),
        ]);

    private static readonly ApproximationTable Variants = ApproximationTable.Of(
        [new ApproximationRow(1, 0, 0), new ApproximationRow(1.25, 0.5, 1), new ApproximationRow(1.6, 1.5, 2), new ApproximationRow(2.2, 4, 3)]);

    private readonly DecisionTree tree = new(3);

    public GoldenTreeTests()
    {
        for (int i = 0; i < Needs.Length; i++)
        {
            tree.Add(new TreeMember(i, Needs[i], 1000, 1000 * Needs[i], 1, Table, _ => Variants, null, 0));
        }

        tree.Build(guard: 0, CostMeasure.Power);
    }

    [Fact]
    public void Delta_X_and_S_A_are_those_of_the_paper()
    {
        Branch[] branches = tree.Branches.ToArray();
        branches.Select(branch => branch.Setting).ShouldBe([First, Second, Third]);
        branches.Select(branch => branch.Cost).ShouldBe([1.2267, 1.4811, 1.1484]);
        branches.Select(branch => branch.Loss).ShouldBe([1.5, 0, 5.5]);
        branches.Select(branch => branch.Feasible).ShouldBe([true, true, false]);
        double[][] x = [[0.9465, 1.5023, 0.5009], [0.6140, 0.9746, 0.3249], [1.4078, 2.2346, 0.7450]];
        int[][] variants = [[0, 2, 0], [0, 0, 0], [2, 3, 0]];
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                double needed = Needs[j] / Table[branches[i].Setting].SpeedUp;
                needed.ShouldBe(x[i][j], 6e-5);
                Variants.Lookup(needed, out _).NextVariant.ShouldBe(variants[i][j]);
            }
        }
    }

    [Theory]
    [InlineData(CohortMode.MinEnergy, true, Third)]
    [InlineData(CohortMode.MinEnergy, false, First)]
    [InlineData(CohortMode.MaxAccuracy, true, Second)]
    [InlineData(CohortMode.MaxAccuracy, false, Second)]
    [InlineData(CohortMode.Balanced, true, First)]
    [InlineData(CohortMode.Balanced, false, First)]
    public void Each_mode_takes_the_branch_of_the_paper(CohortMode mode, bool strict, int setting) =>
        tree.Branches[tree.Choose(mode, strict)].Setting.ShouldBe(setting);

    [Fact]
    public void The_regression_has_the_papers_line_residuals_and_scores()
    {
        double[] scores = new double[6];
        Regression.Choose(tree.Branches, [true, true, true], scores).ShouldBe(0);
        scores[..3].Select(score => Math.Round(score, 6)).ShouldBe([-0.772287, 0.372786, 0.399501]);
        scores[3..].Select(residual => Math.Round(residual, 6)).ShouldBe([-1.649668, 0.388245, 1.261423]);

        // The line itself: intercept and slope follow from two residuals.
        double slope = ((1.5 - scores[3]) - (0 - scores[4])) / (1.2267 - 1.4811);
        slope.ShouldBe(-13.906888, 1e-5);
        (1.5 - scores[3] - (slope * 1.2267)).ShouldBe(20.209247, 1e-5);
    }
}
