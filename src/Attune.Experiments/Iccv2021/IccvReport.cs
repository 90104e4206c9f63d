using System.Collections.Immutable;
using System.Globalization;
using Attune.Experiments.Reports;
using Attune.Experiments.Setup;
using Attune.Numerics;

namespace Attune.Experiments.Iccv2021;

/// <summary>The ICCV 2021 experiment's report.</summary>
public static class IccvReport
{
    /// <summary>Puts the report together.</summary>
    public static ReportDocument Of(IccvResults results)
    {
        ReportSection[] sections = [Ours(results), Published(results), .. results.TuningSets.IsEmpty ? Array.Empty<ReportSection>() : [Sets(results)]];
        return new ReportDocument("ICCV 2021: search time and latency with transfer", results.Setting.Scale, SettingLines.Of(results.Setting), [.. sections]);
    }

    private static ReportSection Ours(IccvResults results)
    {
        bool recorded = results.Setting.IsRecorded;
        string baseline = results.Setting.Arms[0];
        return new ReportSection("Search time, latency, hypervolume",
        [
            new ReportParagraph(recorded
                ? "Search time is what compiling and measuring cost when the device was recorded, plus the tuner's own time. A recorded device runs kernels, "
                    + "not models: the time of the best kernel stands for the latency."
                : "Search time counts compiling, measuring and the tuner's own time; a configuration that several tuners tried was measured once and is "
                    + "charged to each of them in full. Latency was measured anew on whole models that took turns."),
            new ReportParagraph($"Hypervolume, in percent: (1 - search time / {baseline}'s) x (1 - latency / {baseline}'s); 0 where a tuner is worse on either "
                + $"axis. {results.History}"),
            new ReportTable(
                $"Against {baseline}; intervals are 95 % over seeds",
                [
                    recorded ? "device" : "network", "tuner", ">configurations", ">search s", ">95 % interval", ">of it thinking s", ">reduction",
                    ">latency ms", ">95 % interval", ">reduction", ">hypervolume",
                ],
                [
                    .. results.Table.Select(row => (ImmutableArray<string>)
                    [
                        row.Group,
                        row.Arm,
                        Number(row.Configurations),
                        Number(row.SearchSeconds.Mean),
                        Range(row.SearchSeconds),
                        Number(row.ThinkingSeconds),
                        Percent(row.SearchReduction),
                        Number(row.LatencyMs?.Mean),
                        row.LatencyMs is { } latency ? Range(latency) : "-",
                        Percent(row.LatencyReduction),
                        Number(row.Volume),
                    ]),
                ]),
            Chart(
                results,
                "search time",
                "seconds",
                row => new ChartPoint(0, row.SearchSeconds.Mean, Math.Max(0, row.SearchSeconds.Low), row.SearchSeconds.High)),
            Chart(
                results,
                "latency",
                "milliseconds",
                row => row.LatencyMs is { } latency ? new ChartPoint(0, latency.Mean, Math.Max(0, latency.Low), latency.High) : null),
        ]);
    }

    private static BarChart Chart(IccvResults results, string what, string unit, Func<SearchRow, ChartPoint?> bar)
    {
        ImmutableArray<string> groups = [.. results.Table.Select(row => row.Group).Distinct()];
        return new BarChart(
            $"{what} by {(results.Setting.IsRecorded ? "device" : "network")} and tuner",
            unit,
            groups,
            [
                .. results.Setting.Arms.Select(arm => new ChartSeries(arm,
                [
                    .. results.Table.Where(row => row.Arm == arm).Select(row => (Group: groups.IndexOf(row.Group), Point: bar(row)))
                        .Where(entry => entry.Point is not null).Select(entry => entry.Point!.Value with { X = entry.Group }),
                ])),
            ]);
    }

    private static ReportSection Published(IccvResults results) => new("The poster's table (a GPU)",
    [
        new ReportParagraph("The poster's times were measured on a GPU with searches of hours; ours were not. Compare reductions and hypervolumes, not times."),
        new ReportTable(
            "As published",
            ["network", "tuner", ">search h", ">reduction", ">latency ms", ">reduction", ">hypervolume"],
            [
                .. results.Published.Select(cell =>
                {
                    PublishedSearch first = results.Published.First(other => other.Model == cell.Model);
                    bool isFirst = ReferenceEquals(first, cell);
                    return (ImmutableArray<string>)
                    [
                        cell.Model,
                        cell.Arm,
                        Number(cell.SearchHours),
                        Percent(isFirst ? null : 1 - (cell.SearchHours / first.SearchHours)),
                        cell.LatencyMs.ToString("0.0000", CultureInfo.InvariantCulture),
                        Percent(isFirst ? null : 1 - (cell.LatencyMs / first.LatencyMs)),
                        Number(cell.Volume),
                    ];
                }),
            ]),
    ]);

    private static ReportSection Sets(IccvResults results) => new("Tuning sets",
    [
        new ReportParagraph(
            "What each tuner wants measured before it has seen anything of a task. Quality is best known time / time; failing configurations count 0."),
        new ReportTable(
            "Sets of the same size; intervals are 95 % over seeds",
            ["group", "layer", "set", ">points", ">best in set", ">95 % interval", ">mean quality", ">failing"],
            [
                .. results.TuningSets.Select(row => (ImmutableArray<string>)
                [
                    row.Group, row.Layer, row.Set, $"{row.Points}", Number(row.Best.Mean), Range(row.Best), Number(row.Mean), Percent(row.Failing),
                ]),
            ]),
    ]);

    private static string Number(double? value) => value is { } known ? known.ToString("G4", CultureInfo.InvariantCulture) : "-";

    private static string Range(MeanInterval interval) => interval.Count < 2 ? "one seed" : $"[{Number(interval.Low)}, {Number(interval.High)}]";

    private static string Percent(double? fraction) => fraction is { } known ? (known * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "-";
}
