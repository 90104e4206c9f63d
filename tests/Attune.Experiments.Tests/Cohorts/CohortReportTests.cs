using System.Collections.Immutable;
using System.Text.Json;
using Attune.Cohort.Comparison;
using Attune.Cohort.Control;
using Attune.Cohort.Metrics;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Cohort.Simulation;
using Attune.Experiments.Cohorts;
using Attune.Experiments.Reports;

namespace Attune.Experiments.Tests.Cohorts;

public sealed class CohortReportTests
{
    private static readonly CohortProfile Profile = new()
    {
        Network = "one",
        Machine = "test",
        Origin = "made for a test",
        Energy = EnergySource.Measured,
        RestPowerMw = 500,
        Knobs = [new ProfileKnob("clock", "Hz")],
        Stages = [new ProfileStage("a"), new ProfileStage("b")],
        Variants = [new ProfileVariant("exact", 0) { StageLoss = [0, 0] }, new ProfileVariant("low", 2) { StageLoss = [2, 0] }],
        Settings = [Setting(1, 1000, 2), Setting(2, 500, 3)],
    };

    [Fact]
    public void The_report_shows_every_policy_and_draws_every_cohort()
    {
        CohortResults results = Results(["neuos", "race-to-idle", "max"], grid: true);
        ReportDocument report = CohortReport.Of(results);
        string page = HtmlReport.Of(report);
        foreach (string label in new[] { "neuos balanced", "neuos min-energy", "neuos max-accuracy", "race-to-idle", "8 x one" })
        {
            page.ShouldContain(label);
        }

        page.ShouldContain("<svg");
        report.Sections.Select(section => section.Title).ShouldBe(
            [
                "Deadlines, energy and accuracy", "Missed deadlines", "Energy", "Accuracy", "Improvement over the baselines", "Response times", "LAG over time",
                "Flexibility", "Each network",
            ]);
        MarkdownReport.Of(report).ShouldContain("made for a test");
        JsonSerializer.Serialize(CohortReport.Data(results)).ShouldNotContain("NaN");
    }

    [Fact]
    public void Periods_and_deadlines_that_differ_are_said_as_they_are()
    {
        var plan = new CohortPlan
        {
            Name = "test",
            Folder = ".",
            Members =
            [
                new CohortMember("fast") { Profile = "p", DeadlineFactor = 1.5 },
                new CohortMember("scene") { Profile = "p", DeadlineUs = 3000, PeriodUs = 4000 },
            ],
        };
        var cell = ComparisonCell.Of(CohortSetup.Create(plan, [Profile, Profile]).Value!);

        // The exact network needs 1 ms at its fastest setting, so 3 ms are factor 3.
        cell.FactorText.ShouldBe("deadline factors 1.5 to 3");
        var options = new SimulationOptions { Jobs = 60, WarmUpJobs = 5 };
        ImmutableArray<ComparisonRow> rows = CohortComparison.Run([cell], [.. PolicyRun.Of(["neuos"])], options, 1, null, CancellationToken.None);
        ReportDocument report = CohortReport.Of(new CohortResults("test", DateTimeOffset.UnixEpoch, "attune cohort compare test", options, 1, [Profile], rows));
        report.Conditions.ShouldContain(line => line.Contains("The period is the deadline, but for scene (deadline 3 ms, period 4 ms)."));
        HtmlReport.Of(report).ShouldNotContain("NaN");
        CohortReport.Of(Results(["max"], grid: false)).Conditions.ShouldContain(line => line.Contains("The period is the deadline."));
        Results(["max"], grid: false).Rows[0].Cell.FactorText.ShouldBe("deadline factor 2");
    }

    [Fact]
    public void Gains_count_only_where_both_kept_their_deadlines()
    {
        CohortResults results = Results(["neuos", "max", "poet"], grid: false);
        ImmutableArray<PolicyGain> gains = PolicyGain.Of(results.Rows);
        PolicyGain energy = gains.First(gain => gain.Policy == "neuos balanced" && gain.Baseline == "max" && gain.What == "energy");
        CohortFigures ours = results.Rows.First(row => row.Run.Label == "neuos balanced").Figures;
        CohortFigures theirs = results.Rows.First(row => row.Run.Label == "max").Figures;
        energy.Mean.ShouldBe(100 * (theirs.TotalMjPerJob - ours.TotalMjPerJob) / theirs.TotalMjPerJob, 1e-9);
        bool poetKept = results.Rows.First(row => row.Run.Policy == "poet").Figures.MissRate.Rate <= CohortComparison.KeptMissRate;
        gains.Any(gain => gain.Baseline == "poet").ShouldBe(poetKept);
    }

    private static CohortResults Results(string[] policies, bool grid)
    {
        var plan = new CohortPlan { Name = "test", Folder = ".", Members = [new CohortMember("m") { Profile = "p", DeadlineFactor = 2 }] };
        ImmutableArray<ComparisonCell> cells = grid
            ? CohortComparison.Grid(plan, [Profile]).Value
            : [ComparisonCell.Of(CohortSetup.Create(plan, [Profile]).Value!)];
        var options = new SimulationOptions { Jobs = 60, WarmUpJobs = 5 };
        ImmutableArray<ComparisonRow> rows = CohortComparison.Run(cells, [.. PolicyRun.Of(policies)], options, 1, null, CancellationToken.None);
        return new CohortResults("test", DateTimeOffset.UnixEpoch, "attune cohort compare test", options, 1, [Profile], rows);
    }

    private static ProfileSetting Setting(double clock, double time, double milliJoules) => new(
        [clock],
        [Times(time, milliJoules), Times(time * 0.6, milliJoules * 0.6)])
    { IdlePowerMw = 500 + (100 * clock) };

    private static StageTimes Times(double time, double milliJoules) => new([time, time]) { StageMilliJoules = [milliJoules, milliJoules] };
}
