using System.Collections.Immutable;
using System.Globalization;
using Attune.Cohort.Comparison;
using Attune.Cohort.Control;
using Attune.Cohort.Metrics;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;
using Attune.Experiments.Reports;

namespace Attune.Experiments.Cohorts;

/// <summary>The report of a comparison of cohort policies: what was kept, what it cost, how it looked over time.</summary>
public static class CohortReport
{
    private const int MaxTraces = 4;
    private const int TraceMembers = 4;

    // More lines than styles cannot be told apart.
    private const int MaxLines = 8;

    /// <summary>Puts the report together.</summary>
    public static ReportDocument Of(CohortResults results)
    {
        bool isGrid = results.Cohorts.Any(cohort => cohort.Select(row => row.Cell.Factor).Distinct().Count() > 1);
        return new ReportDocument(
            $"Cohort policies on {results.Plan}",
            $"Simulated: {results.Options.Jobs} jobs per network, {results.Seeds} seed{(results.Seeds == 1 ? string.Empty : "s")}, "
            + $"{results.Rows.Select(row => row.Cell).Distinct().Count() switch { 1 => "1 cohort", var many => $"{many} cohorts" }}, "
            + $"{results.Rows.Select(row => row.Run).Distinct().Count() switch { 1 => "1 policy", var many => $"{many} policies" }}.",
            Conditions(results),
            [
                Deadlines(results), .. isGrid ? Curves(results) : ImmutableArray<ReportSection>.Empty, Gains(results), Response(results), Traces(results),
                Flexibility(results), Members(results),
            ]);
    }

    /// <summary>The numbers of the report, for JSON.</summary>
    public static object Data(CohortResults results) => new
    {
        results.Plan,
        results.When,
        results.Command,
        results.Options,
        results.Seeds,
        Profiles = results.Profiles.Select(profile => new { profile.Network, profile.Machine, profile.Origin, profile.Energy }),
        Rows = results.Rows.Select(
            row => new
            {
                row.Cell.Cohort,
                row.Cell.Size,
                Factor = Known(row.Cell.Factor),
                row.CanBeMet,
                Policy = row.Run.Label,
                OracleMjPerJob = Known(
                CohortComparison.OracleMjPerJob(row.Cell.Setup)),
                Figures = Figures(row.Figures)
            }),
        Gains = PolicyGain.Of(results.Rows),
    };

    private static object Figures(CohortFigures figures) => new
    {
        figures.Released,
        figures.MissRate,
        TotalMjPerJob = Known(figures.TotalMjPerJob),
        BusyMjPerJob = Known(figures.BusyMjPerJob),
        figures.MeanResponseMs,
        ResponseQuantiles = figures.ResponseQuantiles.Select(Known),
        figures.RelativeAccuracy,
        figures.FairnessGap,
        figures.WorstLag,
        figures.LongestRecoveryMs,
        figures.SettingsUsed,
        figures.SettingShare,
        figures.SwitchesPerJob,
        figures.Members,
    };

    private static ImmutableArray<string> Conditions(CohortResults results) =>
    [
        $"Made {results.When:yyyy-MM-dd HH:mm} UTC by: {results.Command}",
        .. results.Profiles.Select(
            profile => $"{profile.Network} on {profile.Machine}: {profile.Origin}; energies {profile.Energy.ToString().ToLowerInvariant()}"),
        $"Stage times: table times lognormal noise (sigma {Text(results.Options.StageNoise)} per stage, {Text(results.Options.JobNoise)} per job), slowed down "
        + $"{Contention(results)}; every policy meets the same noise.",
        $"A deadline factor is the deadline over the exact network's time at its fastest setting, alone. {Periods(results)} Dropped jobs count as missed.",
        $"'Cannot be met' marks cohorts whose misses exceed {100 * CohortComparison.KeptMissRate:0.##} % even at the fastest setting with "
        + "the fastest variants.",
    ];

    private static string Contention(CohortResults results) =>
        results.Options.Contention is null && results.Profiles.All(profile => profile.HasContention)
            ? "as the profiles measured it with another network beside each"
            : $"by {Text(results.Options.Contention ?? CohortSetup.UsualContention)} per further running network";

    private static string Periods(CohortResults results)
    {
        MemberSetup[] longer = [.. results.Rows.SelectMany(row => row.Cell.Setup.Members).Where(
            member => member.PeriodUs > member.DeadlineUs).DistinctBy(member => member.Name)];
        return longer.Length == 0
            ? "The period is the deadline."
            : $"The period is the deadline, but for {string.Join(", ", longer.Select(Times))}.";

        static string Times(MemberSetup member) =>
            $"{member.Name} (deadline {Text(member.DeadlineUs / 1000)} ms, period {Text(member.PeriodUs / 1000)} ms)";
    }

    private static ReportSection Deadlines(CohortResults results) =>
        new("Deadlines, energy and accuracy", [.. results.Rows.GroupBy(row => row.Cell).Select(Table)]);

    private static ReportTable Table(IGrouping<ComparisonCell, ComparisonRow> cell)
    {
        double oracle = CohortComparison.OracleMjPerJob(cell.Key.Setup);
        string bound = double.IsNaN(oracle) ? string.Empty : $"; per-layer oracle without noise {oracle:0.0} mJ per job";
        return new ReportTable(
            $"{cell.Key.Cohort} ({cell.Key.Size}), {cell.Key.FactorText}{(cell.First().CanBeMet ? string.Empty : ": cannot be met")}{bound}",
            [
                "policy", ">missed %", ">95 % interval", ">mJ per job", ">while busy", ">response ms", ">p99 / deadline", ">accuracy %", ">fairness gap",
                ">changes per job", ">settings used",
            ],
            [.. cell.Select(row => (ImmutableArray<string>)
            [
                row.Run.Label,
                Text(100 * row.Figures.MissRate.Rate),
                $"{Text(100 * row.Figures.MissRate.Low)} - {Text(100 * row.Figures.MissRate.High)}",
                Text(row.Figures.TotalMjPerJob),
                Text(row.Figures.BusyMjPerJob),
                Text(row.Figures.MeanResponseMs),
                Text(row.Figures.ResponseQuantiles[2]),
                Percent(row.Figures.RelativeAccuracy),
                Text(100 * row.Figures.FairnessGap),
                Text(row.Figures.SwitchesPerJob),
                $"{row.Figures.SettingsUsed}",
            ])]);
    }

    private static IEnumerable<ReportSection> Curves(CohortResults results)
    {
        yield return new ReportSection("Missed deadlines", [.. results.Cohorts.SelectMany(cohort => Charts(
            cohort, "missed %", row => 100 * row.Figures.MissRate.Rate, row => (100 * row.Figures.MissRate.Low, 100 * row.Figures.MissRate.High)))]);
        if (results.HasEnergy)
        {
            yield return new ReportSection(
                "Energy", [.. results.Cohorts.SelectMany(cohort => Charts(cohort, "mJ per job, idle included", row => row.Figures.TotalMjPerJob, null))]);
        }

        yield return new ReportSection(
            "Accuracy",
            [.. results.Cohorts.SelectMany(cohort => Charts(cohort, "accuracy, % of the exact network", row => row.Figures.RelativeAccuracy, null))]);
    }

    private static IEnumerable<ReportBlock> Charts(
        IGrouping<string, ComparisonRow> cohort, string title, Func<ComparisonRow, double> value, Func<ComparisonRow, (double Low, double High)>? range)
    {
        ChartSeries[] series = [.. cohort.GroupBy(row => row.Run.Label).Select(policy => new ChartSeries(
            policy.Key,
            [.. policy.Where(row => double.IsFinite(row.Cell.Factor) && double.IsFinite(value(row))).OrderBy(row => row.Cell.Factor).Select(row => range is null
                ? ChartPoint.At(row.Cell.Factor, value(row))
                : new ChartPoint(row.Cell.Factor, value(row), range(row).Low, range(row).High))])).Where(each => !each.Points.IsEmpty)];
        return series.Chunk(MaxLines).Select(
            (chunk, i) => new LineChart(i == 0 ? cohort.Key : $"{cohort.Key}, further policies", "deadline factor", title, [.. chunk]));
    }

    private static ReportSection Gains(CohortResults results) => new("Improvement over the baselines",
    [
        new ReportParagraph($"Percent, over the cohorts on which both kept misses at or under {100 * CohortComparison.KeptMissRate:0.##} %; negative: the "
            + "baseline is better. A policy that is not in the table kept them nowhere."),
        new ReportTable(
            "100 (baseline - ours) / baseline",
            ["policy", "baseline", "what", ">mean", ">smallest", ">largest", ">cohorts"],
            [.. PolicyGain.Of(results.Rows).Select(
                gain => (ImmutableArray<string>)[gain.Policy, gain.Baseline, gain.What, Text(gain.Mean), Text(gain.Min), Text(gain.Max), $"{gain.Cells}"])]),
    ]);

    private static ReportSection Response(CohortResults results) => new("Response times",
    [
        .. results.Cohorts.Select(cohort => cohort.GroupBy(row => row.Cell.Factor).OrderBy(each => Math.Abs(each.Key - 1.5)).First())
            .Select(cell => new BarChart(
            $"{cell.First().Cell.Cohort}, {cell.First().Cell.FactorText}",
            "response / deadline",
            [.. cell.Select(row => row.Run.Label)],
            [.. new[] { "p50", "p95", "p99" }.Select((name, q) => new ChartSeries(
                name, [.. cell.Select((row, i) => ChartPoint.At(i, row.Figures.ResponseQuantiles[q])).Where(point => double.IsFinite(point.Y))]))])),
    ]);

    private static ReportSection Traces(CohortResults results)
    {
        ComparisonRow[] shown = [.. results.Rows.Where(row => row.Run.Policy == PolicyCatalog.NeuOs && row.Run.Mode == CohortMode.Balanced).OrderBy(
            row => Math.Abs(row.Cell.Factor - 1.5)).DistinctBy(row => row.Cell.Size).Take(MaxTraces)];
        return new ReportSection("LAG over time",
        [
            new ReportParagraph("LAG at the first boundaries after the warm-up, over the deadline: above 0 ahead of the proportional schedule, below 0 behind. "
                + "At most four networks are drawn."),
            .. shown.Select(row => new LineChart(
                $"{row.Cell.Cohort}, {row.Cell.FactorText}, {row.Run.Label}",
                "ms",
                "LAG / deadline",
                [.. row.FirstSeed.Trace.Where(point => point.Member < TraceMembers).GroupBy(point => point.Member).Select(member => new ChartSeries(
                    row.FirstSeed.Members[member.Key].Name,
                    [.. member.Select(point => ChartPoint.At(point.Us / 1000, point.Share))]))])).Where(chart => !chart.Series.IsEmpty),
        ]);
    }

    private static ReportSection Flexibility(CohortResults results) => new("Flexibility",
    [
        new ReportParagraph($"Every deadline becomes {Text(StepResponse.Change)} of what it was in mid-run, periods stay. Jobs until the last miss among the "
            + "next 30 of the slowest network to follow; settings used are of the whole comparison run. Cohorts at the longest deadlines."),
        new ReportTable(
            "Response to a change of deadlines",
            ["cohort", ">factor", "policy", ">jobs to settle", ">missed after the change %", ">settings used", ">of all %"],
            [.. results.Cohorts.SelectMany(cohort => cohort.GroupBy(row => row.Cell.Factor).OrderByDescending(each => each.Key).First()).Select(row =>
            {
                var step = StepResponse.Measure(row.Cell.Setup, row.Run, results.Options);
                return (ImmutableArray<string>)[row.Cell.Cohort, Text(row.Cell.Factor), row.Run.Label, $"{step.JobsToSettle}", Text(
                    100 * step.MissedAfter), $"{row.Figures.SettingsUsed}", Text(100 * row.Figures.SettingShare)];
            })]),
    ]);

    private static ReportSection Members(CohortResults results) => new("Each network",
    [
        new ReportTable(
            "Misses of each network of cohorts with several; a fair policy treats equal ones equally",
            ["cohort", ">factor", "policy", "network", ">missed %", ">response ms", ">accuracy %", ">worst LAG"],
            [.. results.Rows.Where(row => row.Figures.Members.Length > 1).SelectMany(row => row.Figures.Members.Select(member => (ImmutableArray<string>)
            [
                row.Cell.Cohort,
                Text(row.Cell.Factor),
                row.Run.Label,
                member.Name,
                Text(100 * member.MissRate.Rate),
                Text(member.MeanResponseMs),
                Percent(member.RelativeAccuracy),
                Text(member.WorstLag),
            ]))]),
    ]);

    private static double? Known(double value) => double.IsFinite(value) ? value : null;

    private static string Percent(double value) => double.IsFinite(value) ? value.ToString("0.00", CultureInfo.InvariantCulture) : "-";

    private static string Text(double value) => double.IsFinite(value) ? value.ToString("G4", CultureInfo.InvariantCulture) : "-";
}
