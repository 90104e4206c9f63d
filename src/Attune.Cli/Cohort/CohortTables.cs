using Attune.Cli.Output;
using Attune.Cohort.Control;
using Attune.Cohort.Metrics;
using Attune.Numerics;
using Spectre.Console;

namespace Attune.Cli.Cohort;

/// <summary>Figures of cohorts as tables and as JSON, alike in all commands.</summary>
internal static class CohortTables
{
    /// <summary>Prints what each member got.</summary>
    public static void Members(IAnsiConsole report, CohortSetup setup, CohortFigures figures) => ReportTable.Print(
        report,
        ["network", ">deadline", ">jobs", ">missed", ">95 % interval", ">response", ">accuracy", ">worst LAG"],
        figures.Members.Select((member, i) => new[]
        {
            member.Name,
            Units.Milliseconds(setup.Members[i].DeadlineUs / 1000),
            $"{member.Released}",
            Percent(member.MissRate.Rate),
            Range(member.MissRate),
            Units.Milliseconds(member.MeanResponseMs),
            Accuracy(member.RelativeAccuracy),
            double.IsFinite(member.WorstLag) ? $"{member.WorstLag:0.00} D" : "-",
        }));

    /// <summary>Prints what the cohort as a whole got.</summary>
    public static void Summary(IAnsiConsole report, CohortFigures figures, int settings)
    {
        string energy = double.IsNaN(figures.TotalMjPerJob)
            ? "unknown (the profiles have none)"
            : $"{figures.TotalMjPerJob:0.00} mJ per job with idle, {figures.BusyMjPerJob:0.00} mJ while something runs";
        report.Line($"energy    {energy}");
        report.Line(
            $"missed    {Percent(figures.MissRate.Rate)} ({Range(figures.MissRate)}); difference between networks {figures.FairnessGap * 100:0.00} points");
        report.Line($"response  {string.Join(", ", Quantiles(figures))} of the deadline");
        report.Line("accuracy  "
            + $"{(double.IsFinite(figures.RelativeAccuracy) ? $"{Accuracy(figures.RelativeAccuracy)} of the exact networks'" : "unknown (no job finished)")}");
        report.Line($"settings  {figures.SettingsUsed} of {settings} used, {figures.SwitchesPerJob:0.0} changes per job");
    }

    /// <summary>The data of JSON documents: numbers that are not known are null.</summary>
    public static object Json(CohortFigures figures) => new
    {
        figures.Released,
        BusyMjPerJob = Known(figures.BusyMjPerJob),
        TotalMjPerJob = Known(figures.TotalMjPerJob),
        figures.MeanResponseMs,
        ResponseP50 = Known(figures.ResponseQuantiles[0]),
        ResponseP95 = Known(figures.ResponseQuantiles[1]),
        ResponseP99 = Known(figures.ResponseQuantiles[2]),
        ResponseP999 = Known(figures.ResponseQuantiles[3]),
        ResponseMax = Known(figures.ResponseQuantiles[4]),
        figures.MissRate,
        figures.RelativeAccuracy,
        figures.FairnessGap,
        figures.WorstLag,
        figures.LongestRecoveryMs,
        figures.SettingsUsed,
        figures.SettingShare,
        figures.SwitchesPerJob,
        figures.Members,
    };

    /// <summary>A rate as percent with two places.</summary>
    public static string Percent(double rate) => $"{rate * 100:0.00} %";

    /// <summary>The interval of a rate.</summary>
    public static string Range(Wilson rate) => $"{rate.Low * 100:0.00} - {rate.High * 100:0.00}";

    /// <summary>A number, or a dash where it is not known.</summary>
    public static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format) : "-";

    /// <summary>An accuracy relative to the exact networks' as percent; a dash where no job finished.</summary>
    public static string Accuracy(double percent) => double.IsFinite(percent) ? $"{percent:0.00} %" : "-";

    private static double? Known(double value) => double.IsFinite(value) ? value : null;

    private static IEnumerable<string> Quantiles(CohortFigures figures) =>
        new[] { "p50", "p95", "p99", "p99.9", "max" }.Zip(figures.ResponseQuantiles, (name, value) => $"{name} {Number(value, "0.000")}");
}
