using Attune.Cohort.Lag;

namespace Attune.Cohort.Tests.Decision;

public sealed class LagTests
{
    [Fact]
    public void Sub_deadlines_are_in_proportion_and_end_at_the_deadline()
    {
        var schedule = new SubDeadlines([1, 2, 4], 70);
        schedule.Duration(0).ShouldBe(10, 1e-9);
        schedule.Duration(2).ShouldBe(40, 1e-9);
        schedule.End(1).ShouldBe(30, 1e-9);
        schedule.End(2).ShouldBe(70);
        var odd = new SubDeadlines([.. Enumerable.Range(1, 97).Select(i => 1.0 / i)], 12_345.678);
        odd.End(96).ShouldBe(12_345.678, "the rounding rest is on the last stage");
    }

    [Fact]
    public void Lag_is_positive_ahead_of_the_schedule_and_counts_waiting()
    {
        var schedule = new SubDeadlines([1, 2, 4], 70);
        schedule.Lag(0, 0).ShouldBe(0);
        schedule.Lag(0, 5).ShouldBe(-5);
        schedule.Lag(2, 20).ShouldBe(10, 1e-9);
        schedule.Lag(3, 75).ShouldBe(-5);
    }

    [Fact]
    public void The_three_forms_of_required_speed()
    {
        RequiredSpeedUp.NextStageRelative(10, 0).ShouldBe(1);
        RequiredSpeedUp.NextStageRelative(10, -5).ShouldBe(2);
        RequiredSpeedUp.NextStageRelative(10, 10).ShouldBe(0.5);
        RequiredSpeedUp.NextStageRelative(10, -20).ShouldBe(7, "what cannot be made good saturates");
        RequiredSpeedUp.NextStageRelative(10, -10).ShouldBe(7);
        RequiredSpeedUp.NextStage(30, 10, 5).ShouldBe(2);
        RequiredSpeedUp.NextStage(30, 10, -10).ShouldBe(double.PositiveInfinity);
        RequiredSpeedUp.Rest(300, 100).ShouldBe(3);
        RequiredSpeedUp.Rest(300, 0).ShouldBe(double.PositiveInfinity);
    }
}
