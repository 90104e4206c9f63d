using Attune.Design.Pareto;

namespace Attune.Design.Tests.Pareto;

public sealed class FrontTests
{
    [Fact]
    public void The_front_is_what_nothing_dominates()
    {
        var random = new Random(3);
        double[] cost = [.. Enumerable.Range(0, 200).Select(_ => Math.Round(random.NextDouble(), 2))];
        double[] value = [.. Enumerable.Range(0, 200).Select(_ => Math.Round(random.NextDouble(), 2))];
        int[] front = ParetoFront.Of(cost, value);
        for (int i = 0; i < 200; i++)
        {
            bool dominated = Enumerable.Range(0, 200).Any(j => cost[j] <= cost[i] && value[j] >= value[i] && (cost[j] < cost[i] || value[j] > value[i]));
            bool twin = front.Any(j => j != i && cost[j].Equals(cost[i]) && value[j].Equals(value[i]));
            front.Contains(i).ShouldBe(!dominated && !twin, $"design {i}");
        }
    }

    [Fact]
    public void Layers_share_no_design_and_the_next_is_the_front_of_the_rest()
    {
        var random = new Random(4);
        double[] cost = [.. Enumerable.Range(0, 60).Select(_ => random.NextDouble())];
        double[] value = [.. Enumerable.Range(0, 60).Select(_ => random.NextDouble())];
        int[][] layers = ParetoFront.Layers(cost, value, 3);
        layers.SelectMany(layer => layer).Distinct().Count().ShouldBe(layers.Sum(layer => layer.Length));
        int[] rest = [.. Enumerable.Range(0, 60).Except(layers[0])];
        ParetoFront.Among(rest, cost, value).ShouldBe(layers[1]);
        ParetoFront.Union(cost, value, 3).ShouldBe([.. layers[0], .. layers[1], .. layers[2]]);
    }

    [Fact]
    public void Designs_that_do_not_run_are_on_no_layer() =>
        ParetoFront.Union([1, double.NaN, 3], [1, 100, 2], 3).ShouldBe([0, 2]);

    [Fact]
    public void Bisection_finds_the_optimum_under_strong_monotonicity()
    {
        double[] value = [.. Enumerable.Range(0, 33).Select(i => (double)i)];
        int[] front = [.. Enumerable.Range(0, 33)];
        for (int budget = 0; budget < 33; budget++)
        {
            BisectionResult found = BudgetBisection.Search(front, value, budget + 0.5, design => design, window: false);
            found.Design.ShouldBe(budget);
            found.Measurements.ShouldBeLessThanOrEqualTo(6);
        }
    }

    [Fact]
    public void The_window_repairs_a_swap_and_a_budget_below_all_finds_nothing()
    {
        // On the target design 5 is faster than design 4, which is over the budget.
        double[] target = [1, 2, 3, 4, 6.5, 5, 7, 8];
        double[] value = [0, 1, 2, 3, 4, 5, 6, 7];
        int[] front = [0, 1, 2, 3, 4, 5, 6, 7];
        BudgetBisection.Search(front, value, 6, design => target[design]).Design.ShouldBe(5);
        BudgetBisection.Search(front, value, 0.5, design => target[design]).Design.ShouldBe(-1);
    }

    [Fact]
    public void BisectionPassesOverDesignsThatDoNotRunInsteadOfTakingThemForSlow()
    {
        int[] front = [.. Enumerable.Range(0, 9)];
        double[] value = [.. front.Select(design => (double)design)];
        double[] target = [1, 2, 3, double.NaN, double.NaN, 6, 7, 8, 9];

        BudgetBisection.Search(front, value, 7.5, design => target[design], window: false).Design.ShouldBe(6);
        BudgetBisection.Search(front, value, 7.5, design => target[design], window: false, skips: false).Design.ShouldBe(2);
        BudgetBisection.Search([3, 4], value, 7.5, design => target[design], window: false).Design.ShouldBe(-1);
    }

    [Fact]
    public void Unsupported_designs_are_never_within_a_budget()
    {
        BisectionResult found = BudgetBisection.Search([0, 1, 2], [1, 2, 3], 10, design => design == 1 ? double.NaN : design + 1);
        found.Design.ShouldNotBe(1);
        found.Design.ShouldBe(2);
    }

    [Fact]
    public void The_area_of_a_front_is_the_sum_of_its_steps() =>
        // From (1, 1) and (2, 3) to the reference (4, 0): 3 x 1 and 2 x 2 more.
        Hypervolume.Of([0, 1, 2], [1, 2, 5], [1, 3, 9], 4, 0).ShouldBe(7, 1e-12);
}
