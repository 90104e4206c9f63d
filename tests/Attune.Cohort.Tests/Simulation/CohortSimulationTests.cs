using Attune.Cohort.Admission;
using Attune.Cohort.Control;
using Attune.Cohort.Metrics;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;
using Attune.Cohort.Simulation;

namespace Attune.Cohort.Tests.Simulation;

public sealed class CohortSimulationTests
{
    private static readonly SimulationOptions Noiseless = new() { StageNoise = 0, JobNoise = 0, Contention = 0, Jobs = 500 };

    public static TheoryData<string> Policies => [.. PolicyCatalog.Names];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Equal_seeds_give_equal_runs(string policy)
    {
        CohortSetup setup = SmallProfiles.Setup(new ControlOptions(), 2.5, 4);
        var options = new SimulationOptions { Jobs = 300, Seed = 5 };
        CohortFigures first = CohortFigures.Of([new CohortSimulation(setup, policy, options).Run()]);
        CohortFigures second = CohortFigures.Of([new CohortSimulation(setup, policy, options).Run()]);
        second.TotalMjPerJob.ShouldBe(first.TotalMjPerJob);
        second.MissRate.ShouldBe(first.MissRate);
        second.ResponseQuantiles.ShouldBe(first.ResponseQuantiles);
        CohortFigures other = CohortFigures.Of([new CohortSimulation(setup, policy, options with { Seed = 6 }).Run()]);
        other.MeanResponseMs.ShouldNotBe(first.MeanResponseMs);
        first.Released.ShouldBeInRange(500, 640);
    }

    [Theory]
    [InlineData("race-to-idle", 8500, 1000)]
    [InlineData("max", 8500, 1400)]
    public void Energy_is_power_times_time(string policy, double busyMw, double idleMw)
    {
        CohortSetup setup = SmallProfiles.Setup(null, 6);
        SimulationResult result = new CohortSimulation(setup, policy, Noiseless).Run();
        CohortFigures figures = CohortFigures.Of([result]);
        figures.MeanResponseMs.ShouldBe(1.5, 1e-6);
        figures.MissRate.Rate.ShouldBe(0);
        figures.BusyMjPerJob.ShouldBe(busyMw * 1.5e-3, 0.05);
        figures.TotalMjPerJob.ShouldBe((busyMw * 1.5e-3) + (idleMw * 4.5e-3), 0.05);
    }

    [Fact]
    public void Members_slow_each_other_down_while_both_run()
    {
        SimulationResult alone = new CohortSimulation(SmallProfiles.Setup(null, 1.6), "max", Noiseless).Run();
        SimulationResult together = new CohortSimulation(SmallProfiles.Setup(null, 2.5, 2.5), "max", Noiseless with { Contention = 0.5 }).Run();
        CohortFigures.Of([alone]).MeanResponseMs.ShouldBe(1.5, 1e-6);
        double mean = CohortFigures.Of([together]).MeanResponseMs;
        mean.ShouldBeInRange(1.5, 2.25);
        CohortFigures.Of([together]).BusyMjPerJob.ShouldBeLessThan(8500 * 2.25e-3, "the machine's own power is shared by the two");
    }

    [Fact]
    public void A_cohort_that_cannot_keep_up_drops_the_older_job()
    {
        SimulationResult result = new CohortSimulation(SmallProfiles.Setup(null, 0.5), "max", Noiseless).Run();
        MemberRecord member = result.Members[0];
        member.Missed.ShouldBe(member.Released);
        member.Dropped.ShouldBeInRange((long)(member.Released * 0.6), (long)(member.Released * 0.7), "of three releases in 1.5 ms one runs");
        member.Ratios.ToArray().ShouldAllBe(ratio => ratio > 1);
    }

    [Fact]
    public void Approximations_are_used_only_where_the_exact_network_is_too_slow()
    {
        CohortFigures fits = CohortFigures.Of([new CohortSimulation(SmallProfiles.Setup(null, 1.6), PolicyCatalog.NeuOs, Noiseless).Run()]);
        fits.RelativeAccuracy.ShouldBe(100);
        fits.MissRate.Rate.ShouldBe(0);
        CohortFigures tight = CohortFigures.Of([new CohortSimulation(SmallProfiles.Setup(null, 1.2), PolicyCatalog.NeuOs, Noiseless).Run()]);
        tight.RelativeAccuracy.ShouldBe(99);
        tight.MissRate.Rate.ShouldBe(0);
        CohortFigures.Of([new CohortSimulation(SmallProfiles.Setup(null, 1.2), "race-to-idle", Noiseless).Run()]).MissRate.Rate.ShouldBe(1);
    }

    [Fact]
    public void Every_policy_meets_the_same_noise()
    {
        CohortSetup setup = SmallProfiles.Setup(SmallProfiles.Exactly, 4);
        var options = new SimulationOptions { Jobs = 100, StageNoise = 0.2 };
        SimulationResult first = new CohortSimulation(setup, "max", options).Run();
        SimulationResult second = new CohortSimulation(setup, "race-to-idle", options).Run();
        second.Members[0].Ratios.ToArray().Zip(first.Members[0].Ratios.ToArray(), (one, other) => (double)Math.Abs(one - other)).Max().ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void A_change_of_deadline_in_mid_run_is_followed()
    {
        CohortSetup setup = SmallProfiles.Setup(SmallProfiles.Exactly with { Cost = CostMeasure.Power }, 8);
        var simulation = new CohortSimulation(setup, PolicyCatalog.NeuOs, Noiseless);
        simulation.Run(800_000);
        simulation.Controller.Applied.ShouldBe(0);
        simulation.Controller.SetDeadline(0, 2000, 8000);
        SimulationResult result = simulation.Run(1_600_000);
        simulation.Controller.Applied.ShouldBe(2);
        result.Members[0].Missed.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public void Options_outside_their_range_are_refused() =>
        Should.Throw<ArgumentException>(() => new CohortSimulation(
            SmallProfiles.Setup(null, 6), "max", new SimulationOptions { Jobs = 0, Contention = 3 })).Message.ShouldContain("contention");

    [Fact]
    public void Admission_says_who_does_not_fit_and_by_how_much()
    {
        CohortSetup setup = SmallProfiles.Setup(null, 2, 1.6, 0.9);
        MemberAdmission[] members = [.. CohortAdmission.Check(setup, contention: 0.05)];
        members.Select(member => member.Verdict).ShouldBe([AdmissionVerdict.Exact, AdmissionVerdict.Approximated, AdmissionVerdict.TooSlow]);
        members[0].SlackUs.ShouldBe(2000 - 1650, 1e-6);
        members[1].LossPoints.ShouldBe(1);
        members[2].SlackUs.ShouldBe(900 - 1100, 1e-6);
    }
}
