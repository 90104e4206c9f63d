using Attune.Cohort.Control;
using Attune.Cohort.Decision;
using Attune.Cohort.Metrics;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;
using Attune.Cohort.Simulation;

namespace Attune.Cohort.Tests.Control;

/// <summary>
/// The controller on the clocked profile: exact times 6, 3 and 1.5 ms at the three settings, energies above rest 12, 10.5 and 11.25 mJ per job.
/// </summary>
public sealed class CohortControllerTests
{
    private const int Slow = 0;
    private const int Middle = 1;
    private const int Fast = 2;

    [Theory]
    [InlineData(7, Middle, 0)]
    [InlineData(3, Middle, 0)]
    [InlineData(1.6, Fast, 0)]
    [InlineData(1.2, Fast, 1)]
    public void A_network_alone_gets_the_least_energy_within_its_deadline(double deadlineMs, int setting, int variant)
    {
        CohortController controller = Controller(SmallProfiles.Setup(null, deadlineMs));
        StageChoice choice = controller.Release(0, 0, 0);
        controller.Applied.ShouldBe(setting);
        choice.Variant.ShouldBe(variant);
    }

    [Fact]
    public void By_power_the_slowest_setting_that_is_fast_enough_is_taken()
    {
        foreach ((double deadline, int setting) in new[] { (6.1, Slow), (5.9, Middle), (3.0, Middle), (2.9, Fast), (1.0, Fast) })
        {
            CohortController controller = Controller(SmallProfiles.Setup(SmallProfiles.Exactly with { Cost = CostMeasure.Power }, deadline));
            controller.Release(0, 0, 0);
            controller.Applied.ShouldBe(setting, $"deadline {deadline}");
        }
    }

    [Fact]
    public void A_job_that_fell_behind_speeds_up_at_the_next_boundary()
    {
        CohortController controller = Controller(SmallProfiles.Setup(SmallProfiles.Exactly with { Cost = CostMeasure.Power }, 6.5));
        controller.Release(0, 0, 0);
        controller.Applied.ShouldBe(Slow);

        // The first stage takes 4 ms at this setting; it took 5.5, so that 2 ms of work at the slowest setting have 1 ms left, at a slowdown that has grown.
        StageChoice next = controller.Boundary(0, 5500);
        next.Setting.ShouldBe(Fast);
        controller.LagUs(0).ShouldBe((6500.0 * 2 / 3) - 5500, 1e-6);
        controller.Slowdown(0).ShouldBe(1 + (0.25 * 0.375), 1e-9);
    }

    [Fact]
    public void Waiting_before_the_start_counts()
    {
        CohortController controller = Controller(SmallProfiles.Setup(SmallProfiles.Exactly with { Cost = CostMeasure.Power }, 6.5));
        controller.Release(0, 0, 4000);
        controller.Applied.ShouldBe(Fast);
        controller.LagUs(0).ShouldBe(-4000);
    }

    [Fact]
    public void Switches_that_only_save_wait_for_the_dwell_time_and_needed_ones_do_not()
    {
        ControlOptions options = SmallProfiles.Exactly with { Cost = CostMeasure.Power, DwellUs = 10_000 };
        CohortController controller = Controller(SmallProfiles.Setup(options, 2, 100));
        controller.Release(1, 0, 0);
        controller.Applied.ShouldBe(Slow);
        controller.Release(0, 100, 100);
        controller.Applied.ShouldBe(Fast, "only this one meets the deadline of 2 ms, so it does not wait");
        controller.Boundary(0, 1100).Setting.ShouldBe(StageChoice.Keep, "the middle setting would do, but the latest switch is 1 ms ago");
        controller.Complete(0, 1600).ShouldBe(StageChoice.Keep, "the other one still runs");
        controller.Boundary(1, 12_000).Setting.ShouldBe(Slow);
    }

    [Fact]
    public void The_machine_rests_only_when_nothing_runs()
    {
        CohortController controller = Controller(SmallProfiles.Setup(null, 7, 7));
        controller.Release(0, 0, 0);
        controller.Release(1, 0, 0);
        controller.Boundary(0, 2000);
        controller.Complete(0, 3000).ShouldBe(StageChoice.Keep);
        controller.Boundary(1, 3000);
        controller.Complete(1, 4000).ShouldBe(StageChoice.Rest);
        controller.Resting.ShouldBeTrue();
        controller.Release(0, 7000, 7000).Setting.ShouldBeGreaterThanOrEqualTo(0, "waking needs a setting even if it is the one from before");
        controller.Resting.ShouldBeFalse();
    }

    [Fact]
    public void Late_jobs_are_given_up_where_the_plan_says_so()
    {
        CohortController controller = Controller(SmallProfiles.Setup(SmallProfiles.Exactly with { AbortLate = true }, 3));
        controller.Release(0, 0, 0).Abort.ShouldBeFalse();
        controller.Boundary(0, 3001).Abort.ShouldBeTrue();
        controller.Complete(0, 3001, finished: false);
        controller.Release(0, 6000, 6000).Abort.ShouldBeFalse();
    }

    [Fact]
    public void Deadlines_and_modes_change_while_it_runs()
    {
        CohortController controller = Controller(SmallProfiles.Setup(SmallProfiles.Exactly with { Cost = CostMeasure.Power }, 20));
        controller.Release(0, 0, 0);
        controller.Applied.ShouldBe(Slow);
        controller.SetDeadline(0, 5000, 6000);
        controller.Mode = CohortMode.MinEnergy;
        controller.Boundary(0, 4000).Setting.ShouldBe(Middle, "2 ms at the slowest setting have 1 ms left");
        Should.Throw<ArgumentOutOfRangeException>(() => controller.SetDeadline(0, 5000, 4000));
        Should.Throw<ArgumentOutOfRangeException>(() => controller.SetDeadline(0, 0, 4000));
    }

    [Fact]
    public void What_is_really_in_force_counts()
    {
        CohortController controller = Controller(SmallProfiles.Setup(SmallProfiles.Exactly with { Cost = CostMeasure.Power }, 2));
        controller.Release(0, 0, 0);
        controller.ReadBack(Middle);
        controller.Applied.ShouldBe(Middle);
        controller.Boundary(0, 1000).Setting.ShouldBe(
            StageChoice.Keep, "half a millisecond of work at the fastest setting has a millisecond, so the middle one will do");
    }

    [Fact]
    public void A_miss_makes_the_next_jobs_careful()
    {
        ControlOptions options = SmallProfiles.Exactly with { Cost = CostMeasure.Power, MissReserve = 0.2 };
        CohortController controller = Controller(SmallProfiles.Setup(options, 6.5));
        controller.Release(0, 0, 0);
        controller.Applied.ShouldBe(Slow, "6 ms of 6.5");
        controller.Boundary(0, 4000);
        controller.Complete(0, 7000);
        controller.Release(0, 10_000, 10_000);
        controller.Applied.ShouldBe(Middle, "a fifth of the deadline is kept back now");
    }

    [Fact]
    public void Calls_out_of_order_are_refused()
    {
        CohortController controller = Controller(SmallProfiles.Setup(null, 7));
        Should.Throw<InvalidOperationException>(() => controller.Boundary(0, 1));
        controller.Release(0, 0, 0);
        Should.Throw<InvalidOperationException>(() => controller.Release(0, 1, 1));
        controller.Boundary(0, 10);
        Should.Throw<InvalidOperationException>(() => controller.Boundary(0, 20));
        Should.Throw<ArgumentException>(() => new CohortController("neuoss", new PolicyContext(SmallProfiles.Setup(null, 7))));
    }

    [Fact]
    public void Decisions_allocate_nothing()
    {
        CohortSetup setup = SmallProfiles.Setup(null, 3, 4, 5, 6, 7, 8, 9, 10);
        DecisionCost cost = DecisionCost.Measure(setup, TimeProvider.System);
        cost.AllocatedBytes.ShouldBeLessThan(0.5, "a stray byte of the runtime aside");
        cost.Decisions.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void Every_decision_can_be_replayed_and_explained()
    {
        CohortSetup setup = SmallProfiles.Setup(new ControlOptions(), 3, 4, 8);
        var log = new DecisionLog(300, 3);
        new CohortSimulation(setup, PolicyCatalog.NeuOs, new SimulationOptions { Jobs = 200, Contention = 0.5 }, CohortMode.Balanced, log).Run();
        log.Count.ShouldBeGreaterThan(300);
        DecisionEntry[] entries = [.. log.Entries()];
        entries.Length.ShouldBe(300);
        entries.ShouldAllBe(entry => DecisionLog.Replay(entry, setup));
        DecisionEntry shared = entries.First(entry => entry.Inputs.Count(input => input.Running) > 1);
        DecisionLog.Replay(shared with { Wish = 17 }, setup).ShouldBeFalse();
        string[] lines = [.. DecisionExplanation.Of(shared, setup)];
        lines.ShouldContain(line => line.Contains("->") && line.Contains("S_A") && line.Contains("clock="));
        lines[^1].ShouldContain("next stage runs");
    }

    private static CohortController Controller(CohortSetup setup) => new(PolicyCatalog.NeuOs, new PolicyContext(setup));
}
