using Attune.Tuning.Run;

namespace Attune.Tuning.Tests.Run;

public sealed class FinishPlanTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_usual_budget_is_divided_and_the_parts_make_the_whole()
    {
        // Compile 0.4 s, run 5 ms: a turn 75 ms, choosing among 15 models in 6 rounds 15 (0.4 + 0.45) = 12.75 s; comparison 0.8 s and a tenth of 120 s, 10 s at
        // most; verifying and writing 2 x 0.4 + 4 x 0.005 s.
        var costs = new FinishCosts(0.4 * Second, 0.005 * Second);
        var plan = FinishPlan.Of(120 * Second, 2 * Second, costs);
        plan.Choosing.ShouldBe(12.75 * Second);
        plan.Comparing.ShouldBe(10.8 * Second);
        plan.Verifying.ShouldBe(0.82 * Second);
        plan.Searching.ShouldBe((120 - 2 - 12.75 - 10.8 - 0.82) * Second);
        plan.Finish(costs).ShouldBe((12.75 + 10.8 + 0.82) * Second);
        plan.Overrun.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_small_budget_goes_without_the_choice_and_keeps_the_comparison()
    {
        // 3 s: the shortest choice, 2 (0.4 + 3 x 0.075) = 1.25 s, is more than a quarter. The shortest comparison takes 0.8 + 12 (0.02 + 0.01) = 1.16 s.
        var plan = FinishPlan.Of(3 * Second, TimeSpan.Zero, new FinishCosts(0.4 * Second, 0.005 * Second));
        plan.Choosing.ShouldBe(TimeSpan.Zero);
        plan.Comparing.ShouldBe(1.16 * Second);
        plan.Searching.ShouldBe((3 - 1.16 - 0.82) * Second);
        plan.Overrun.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_budget_that_cannot_be_kept_leaves_the_search_a_fifth_and_says_by_how_much()
    {
        // Comparison 4 + 12 (0.02 + 0.4) = 9.04 s, verifying and writing 4.8 s, search 0.6 s of 3 s.
        var plan = FinishPlan.Of(3 * Second, TimeSpan.Zero, new FinishCosts(2 * Second, 0.2 * Second));
        plan.Searching.ShouldBe(0.6 * Second);
        plan.Comparing.ShouldBe(9.04 * Second);
        plan.Overrun.ShouldBe((0.6 + 9.04 + 4.8 - 3) * Second);
    }

    [Fact]
    public void A_budget_that_was_spent_on_preparing_still_searches_a_fifth_of_it()
    {
        // Preparing took 4 of 3 s; comparison 2 + 12 (0.02 + 0.02) = 2.48 s, verifying and writing 2.04 s.
        var plan = FinishPlan.Of(3 * Second, 4 * Second, new FinishCosts(Second, 0.01 * Second));
        plan.Searching.ShouldBe(0.6 * Second);
        plan.Choosing.ShouldBe(TimeSpan.Zero);
        plan.Overrun.ShouldBe((4 + 0.6 + 2.48 + 2.04 - 3) * Second);
    }

    [Fact]
    public void Where_compiled_kernels_are_kept_only_new_ones_cost_time()
    {
        // Compile 20 s, again 0.5 s, run 5 ms. Verifying compiles the new kernels: 20 + 4 x 0.005 + 0.5 s. The comparison finds both models compiled:
        // 2 x 0.5 s and a tenth of 120 s, 10 s at most. Choosing: 20 + 14 x 0.5 + 15 x 6 x 0.075 s is more than a quarter of the budget, which is 30 s.
        var costs = new FinishCosts(20 * Second, 0.005 * Second) { Recompile = 0.5 * Second };
        costs.Choosing(15, 6).ShouldBe(33.75 * Second);
        var plan = FinishPlan.Of(120 * Second, 25 * Second, costs);
        plan.Verifying.ShouldBe(20.52 * Second);
        plan.Comparing.ShouldBe(11 * Second);
        plan.Choosing.ShouldBe(30 * Second);
        plan.Searching.ShouldBe((120 - 25 - 20.52 - 11 - 30) * Second);
    }

    [Fact]
    public void Without_a_time_budget_nothing_is_cut()
    {
        var costs = new FinishCosts(0.4 * Second, 0.005 * Second);
        var plan = FinishPlan.Of(null, Second, costs);
        plan.Searching.ShouldBeNull();
        plan.Choosing.ShouldBeNull();
        plan.Finish(costs).ShouldBe((12.75 + 10.8 + 0.82) * Second);
    }
}
