using System.Collections.Immutable;
using System.Globalization;
using Attune.Design.Data;
using Attune.Design.Pareto;
using Attune.Experiments.Reports;

namespace Attune.Experiments.Designs;

/// <summary>The report on measured devices.</summary>
public static class FleetReport
{
    private const int MaxFronts = 8;

    /// <summary>Puts the report together.</summary>
    /// <param name="folder">The measurements.</param>
    /// <param name="summary">What they say.</param>
    /// <param name="conditions">Data, date and command, one line each.</param>
    public static ReportDocument Of(DesignFolder folder, FleetSummary summary, ImmutableArray<string> conditions)
    {
        var sections = ImmutableArray.CreateBuilder<ReportSection>();
        sections.Add(new ReportSection("Rank correlation",
        [
            new HeatMap(
                "Spearman's rank correlation of latencies, over the designs that both devices run",
                summary.Devices,
                [.. summary.Matrix.Select(value => value ?? double.NaN)]),
        ]));
        sections.Add(new ReportSection("Each device as a target",
        [
            new ReportParagraph("From 0.97 the proxy's front serves as it is, from 0.9 its first three layers do, from 0.7 its predictions are adapted with "
                + "about 50 measurements; below that it says little. The unit predictor sums latencies of execution units and is fitted to the device's own "
                + "measurements. A device that is a copy of the target is no proxy of it."),
            new ReportTable(
                "Best proxy per target",
                ["target", ">designs", "best proxy", ">rank correlation", "what to do", ">unit predictor's rank correlation", ">designs on the front"],
                [
                    .. summary.Targets.Select(row => (ImmutableArray<string>)
                    [
                        row.Target, $"{row.Measured}", row.Proxy, Number(row.RankCorrelation), row.Action, Number(row.UnitRankCorrelation),
                        row.FrontSize is { } size
                            ? $"{size}"
                            : "-",
                    ]),
                ]),
        ]));
        if (!folder.Accuracies.IsEmpty)
        {
            sections.Add(Fronts(folder));
        }

        return new ReportDocument(
            "Measured devices",
            $"{folder.Designs} designs on {folder.Devices.Length} devices.",
            [.. conditions, .. folder.Warnings],
            sections.ToImmutable());
    }

    private static ReportSection Fronts(DesignFolder folder)
    {
        DeviceColumn accuracy = folder.Accuracies[0];
        ImmutableArray<ChartSeries> series =
        [
            .. folder.Devices.Where(device => !device.IsConstant).Take(MaxFronts).Select(device =>
            {
                double slowest = device.Values.Where(value => !double.IsNaN(value)).Max();
                return new ChartSeries(
                    device.Name,
                    [.. ParetoFront.Of(device.Values, accuracy.Values).Select(i => ChartPoint.At(device.Values[i] / slowest, accuracy.Values[i]))]);
            }),
        ];
        return new ReportSection("Fronts",
        [
            new LineChart($"Fronts of accuracy ({accuracy.Name}) and latency, latency as a share of the device's slowest "
                + $"design{(folder.Devices.Length > MaxFronts ? $"; the first {MaxFronts} devices" : string.Empty)}", "latency, share of the slowest",
                "accuracy, percent", series),
        ]);
    }

    private static string Number(double? value) => value is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : "-";
}
