using System.Collections.Immutable;
using System.Globalization;
using Attune.Cli.Cohort;
using Attune.Cli.Output;
using Attune.Cohort.Control;
using Attune.Cohort.Live;
using Attune.Cohort.Live.Limits;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;
using Attune.Cohort.Session;
using Attune.Numerics;
using Attune.Web;
using Spectre.Console;

namespace Attune.Cli.CohortRun;

/// <summary>The report of <c>attune cohort run</c>.</summary>
internal static class CohortRunReport
{
    /// <summary>Data and text.</summary>
    public static CommandResult Of(RunnableCohort loaded, CohortSession session, CohortSessionOptions options, CohortResult result, RunConditions conditions)
    {
        CohortSetup setup = loaded.Setup;
        CohortRunFigures figures = result.Figures;
        ImmutableArray<string> explanations = DecisionArguments.Explain(result.Decisions, setup);
        var interval = Wilson.Of(figures.Missed, figures.Released);
        int done = figures.Members.Sum(member => member.ResponseUs.Count);
        double? perJob = result.MilliJoules / Math.Max(1, done);
        var data = new
        {
            Plan = setup.Plan.Name,
            options.Policy,
            Mode = CohortModes.NameOf(result.Mode),
            conditions.Order,
            Seconds = figures.ElapsedUs / 1e6,
            Jobs = figures.Released,
            figures.MissRate,
            MissRateLow = interval.Low,
            MissRateHigh = interval.High,
            figures.FairnessGap,
            OverheadShare = figures.Overhead,
            DecisionUs = figures.Decisions == 0 ? 0 : figures.DecisionUs / figures.Decisions,
            figures.Decisions,
            figures.Switches,
            figures.SwitchUs,
            figures.RestUs,
            DecisionShare = figures.DecisionShare,
            KnobShare = figures.Overhead - figures.DecisionShare,
            Limits = result.Limits is { } limits ? LimitDocument.Of(limits, setup) : null,
            Meter = options.Meter?.Name,
            EnergyIsEstimated = options.Meter?.IsEstimate,
            EnergyMj = result.MilliJoules,
            EnergyPerJobMj = perJob,
            Settings = figures.BusyUs.Select((time, i) => new { Setting = setup.SettingText(i), Share = time / Math.Max(1, figures.BusyUs.Sum()) }),
            Members = figures.Members.Select(member => new
            {
                member.Name,
                DeadlineMs = member.DeadlineUs / 1000,
                Jobs = member.Released,
                member.Missed,
                member.MissRate,
                member.Aborted,
                member.Replaced,
                member.Failed,
                P50Ms = member.Percentile(0.5) / 1000,
                P95Ms = member.Percentile(0.95) / 1000,
                P99Ms = member.Percentile(0.99) / 1000,
                P999Ms = member.Percentile(0.999) / 1000,
                LossPoints = member.LossPoints,
                member.WorstLagShare,
                member.Failure,
            }),
            Endpoint = conditions.Endpoint?.ToString(),
            Explanations = explanations,
            Interrupted = result.IsInterrupted,
        };
        return new CommandResult(data, report =>
        {
            Print(report, setup, options, result, perJob, interval);
            DecisionArguments.Print(report, explanations);
        })
        {
            Warnings = [.. loaded.Warnings, .. session.Notes],
            Written = options.Journal is null ? [] : [options.Journal],
            Next = PrintedCommand.Of("cohort", "compare", loaded.Path),
        };
    }

    private static void Print(IAnsiConsole report, CohortSetup setup, CohortSessionOptions options, CohortResult result, double? perJob, Wilson interval)
    {
        CohortRunFigures figures = result.Figures;
        string mode = PolicyCatalog.HasModes(options.Policy) ? $", {CohortModes.NameOf(result.Mode)}" : string.Empty;
        report.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Policy}{mode}: {figures.MissRate * 100:0.00} % of {figures.Released} jobs missed their deadline (95 % interval "
            + $"{interval.Low * 100:0.00} to {interval.High * 100:0.00} %) in {figures.ElapsedUs / 1e6:0.0} "
            + $"s{(result.IsInterrupted ? ", interrupted" : string.Empty)}"));
        ReportTable.Print(
            report,
            ["member", ">deadline ms", ">jobs", ">missed", ">p50 ms", ">p95 ms", ">p99 ms", ">accuracy given up"],
            figures.Members.Select(member => (IReadOnlyList<string>)
            [
                member.Name,
                Ms(member.DeadlineUs),
                $"{member.Released}",
                Units.Percent(member.MissRate),
                Ms(member.Percentile(0.5)),
                Ms(member.Percentile(0.95)),
                Ms(member.Percentile(0.99)),
                string.Create(CultureInfo.InvariantCulture, $"{member.LossPoints:0.00} points"),
            ]));
        report.Line(string.Create(
            CultureInfo.InvariantCulture, $"fairness gap {figures.FairnessGap * 100:0.00} points; controller {figures.Overhead * 100:0.000} % of response time "
                + $"(decisions {figures.DecisionShare * 100:0.000} %, {(figures.Decisions == 0 ? 0 : figures.DecisionUs / figures.Decisions):0.0} us each; "
                + $"knobs {(figures.Overhead - figures.DecisionShare) * 100:0.000} %, {figures.Switches} switches)"));
        double busy = Math.Max(1, figures.BusyUs.Sum());
        IEnumerable<string> shares = figures.BusyUs.Select((time, i) => (time, i)).Where(each => each.time > 0)
            .Select(each => $"{setup.SettingText(each.i)} {Units.Percent(each.time / busy)}");
        report.Line($"settings: {string.Join(", ", shares)}");
        report.Line(perJob is { } energy
            ? string.Create(CultureInfo.InvariantCulture, $"energy {energy:0.0} mJ a job, idle time included ({options.Meter!.Name})")
            : "energy: no meter");
        PrintLimits(report, result.Limits);
        foreach (MemberRunFigures member in figures.Members.Where(member => member.Failure is not null))
        {
            report.Line(member.Failure!);
        }
    }

    private static void PrintLimits(IAnsiConsole report, LimitFigures? limits)
    {
        if (limits?.Hottest is { } heat)
        {
            string hot = limits.HotEpisodes == 0
                ? string.Empty
                : string.Create(CultureInfo.InvariantCulture, $"; hot {limits.HotEpisodes} times, {limits.HotSeconds:0.0} s");
            report.Line(
                string.Create(CultureInfo.InvariantCulture, $"temperature at most {heat.Celsius:0.#} °C of {heat.LimitCelsius:0.#} °C ({heat.Sensor}){hot}"));
        }

        if (limits is { CappedEpisodes: > 0 })
        {
            report.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"clocks capped by the OS {limits.CappedEpisodes} times, {limits.CappedSeconds:0.0} s ({string.Join(", ", limits.CappedKnobs)})"));
        }
    }

    private static string Ms(double us) => (us / 1000).ToString("0.00", CultureInfo.InvariantCulture);
}
