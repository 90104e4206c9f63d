using System.Collections.Immutable;
using Attune.Cohort.Comparison;
using Attune.Cohort.Control;
using Attune.Cohort.Plans;
using Attune.Cohort.Simulation;

namespace Attune.Cohort.Tests.Simulation;

public sealed class ComparisonTests
{
    private static readonly PolicyRun[] Runs = [.. PolicyRun.Of(["neuos", "race-to-idle", "predjoule"])];

    [Fact]
    public void The_grid_has_every_size_and_factor()
    {
        CohortPlan plan = SmallProfiles.Plan(new ControlOptions(), 3, 4);
        ImmutableArray<ComparisonCell> cells = CohortComparison.Grid(plan, [SmallProfiles.Clocked(), SmallProfiles.Clocked(3, "large")]).Value;
        cells.Length.ShouldBe((CohortComparison.Sizes.Length + 1) * CohortComparison.Factors.Length);
        cells.Select(cell => cell.Size).Distinct().ShouldBe(["small", "medium", "large", "mixed"]);
        cells[^1].Cohort.ShouldBe("small + large");
        cells[^1].Factor.ShouldBe(3);
        cells[5].Setup.Members[1].DeadlineUs.ShouldBe(1.5 * 1500, 1e-6);
    }

    [Fact]
    public void Every_policy_has_a_row_per_cell_and_modes_have_rows_of_their_own()
    {
        CohortSetup setup = SmallProfiles.Setup(new ControlOptions(), 2, 3);
        var rows = CohortComparison.Run([ComparisonCell.Of(setup)], Runs, new SimulationOptions { Jobs = 200 }, seeds: 2, told: null, CancellationToken.None);
        rows.Select(row => row.Run.Label).ShouldBe(["neuos balanced", "neuos min-energy", "neuos max-accuracy", "race-to-idle", "predjoule"]);
        rows.ShouldAllBe(row => row.CanBeMet && row.Figures.Released > 700);
        Should.Throw<OperationCanceledException>(
            () => CohortComparison.Run([ComparisonCell.Of(setup)], Runs, new SimulationOptions(), 1, null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_shorter_deadline_is_followed_within_a_job()
    {
        CohortSetup setup = SmallProfiles.Setup(SmallProfiles.Exactly, 4);
        var options = new SimulationOptions { StageNoise = 0, JobNoise = 0 };
        StepResponse.Measure(setup, new PolicyRun("neuos", CohortMode.Balanced), options).JobsToSettle.ShouldBeLessThanOrEqualTo(1);
        CohortSetup tight = SmallProfiles.Setup(SmallProfiles.Exactly, 2.4);
        StepResponse.Measure(tight, new PolicyRun("max", null), options).MissedAfter.ShouldBe(1, "1.44 ms are less than the exact network needs");
    }

    [Fact]
    public void The_oracles_energy_is_that_of_the_best_plan_by_hand()
    {
        // Within 6 ms everything fits. Energies above rest per stage: 8, 7, 7.5 and 4, 3.5, 3.75 mJ; the middle setting is the cheapest.
        CohortComparison.OracleMjPerJob(SmallProfiles.Setup(null, 6)).ShouldBe(10.5 + 6, 1e-9);
        CohortComparison.OracleMjPerJob(SmallProfiles.Setup(null, 6, 6)).ShouldBe(double.NaN);
        CohortComparison.OracleMjPerJob(SmallProfiles.Setup(null, 1)).ShouldBe(double.NaN, "no exact plan is fast enough");
    }
}
