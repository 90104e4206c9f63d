using System.Collections.Immutable;
using Attune.Cli.Tune;
using Attune.Tuning.Run;
using Attune.Tuning.Session;

namespace Attune.Cli.Tests.Tune;

public sealed class FinishTextTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly FinishCosts Costs = new(0.4 * Second, 0.005 * Second);

    [Fact]
    public void The_division_of_a_budget_is_announced() =>
        FinishText.Of(FinishPlan.Of(120 * Second, TimeSpan.Zero, Costs), Costs)
            .ShouldBe(
                "searching until 24s before the end of the budget, then finishing: choosing inside the model 12s, comparison 10s, verifying and writing 0.8s");

    [Fact]
    public void A_budget_of_trials_is_told_what_comes_after() =>
        FinishText.Of(FinishPlan.Of(null, Second, Costs), Costs).ShouldStartWith(
            "finishing takes about 24s after the trials: choosing inside the model 12s, comparison 10s");

    [Fact]
    public void A_budget_that_cannot_be_kept_is_said_beforehand()
    {
        var costs = new FinishCosts(2 * Second, 0.2 * Second);
        FinishText.Of(FinishPlan.Of(3 * Second, TimeSpan.Zero, costs), costs).ShouldBe(
            "searching 0.6s, finishing 13s (comparison 9.0s, verifying and writing 4.8s): about 11s more than the budget, because that cannot be shorter");
    }

    [Fact]
    public void Where_the_time_went_counts_everything_and_an_overrun_is_explained()
    {
        ImmutableArray<TunePhase> phases = [new("prepare", 1), new("search", 20), new("choose", 0), new("compare", 12)];
        FinishText.Of(phases).ShouldBe("prepare 1.0s, search 20s, compare 12s");
        FinishText.Overrun(33 * Second, 33 * Second, phases).ShouldBeNull();
        FinishText.Overrun(null, 33 * Second, phases).ShouldBeNull();
        FinishText.Overrun(25 * Second, 33 * Second, phases)!.ShouldStartWith(
            "This took 33s, 8.0s more than the budget: prepare 1.0s, search 20s, compare 12s.");
    }
}
