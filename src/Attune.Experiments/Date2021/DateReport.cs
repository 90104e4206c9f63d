using System.Collections.Immutable;
using System.Globalization;
using Attune.Experiments.Reports;
using Attune.Experiments.Setup;
using Attune.Numerics;

namespace Attune.Experiments.Date2021;

/// <summary>The DATE 2021 experiment's report.</summary>
public static class DateReport
{
    private const int MaxCurves = 6;
    private const int MaxPictures = 2;

    /// <summary>Puts the report together.</summary>
    public static ReportDocument Of(DateResults results) => new(
        "DATE 2021: BTED and BAO against AutoTVM",
        results.Setting.Scale,
        SettingLines.Of(results.Setting),
        [Latency(results), Published(results), Convergence(results), Layers(results), Diversity(results)]);

    private static ReportSection Latency(DateResults results)
    {
        string baseline = results.Setting.Arms[0];
        string what = results.Setting.IsRecorded
            ? "A recorded device runs kernels, not models: the time of the best kernel found stands for the latency, and the variance is over seeds."
            : "Mean latency and variance over the runs of every tuned model, both averaged over seeds; intervals are 95 % over seeds. Models took turns, each "
                + "measured anew after its search.";
        return new ReportSection("Table I: latency and variance",
        [
            new ReportParagraph(what),
            new ReportTable(
                $"Latency; deltas against {baseline}",
                [results.Setting.IsRecorded ? "device" : "network", "tuner", ">latency ms", ">95 % interval", ">delta", ">variance", ">delta"],
                [.. results.Table.Select(row => (ImmutableArray<string>)[row.Group, row.Arm, Number(row.LatencyMs.Mean), Range(row.LatencyMs), Percent(
                    row.LatencyDelta), Number(row.Variance), Percent(row.VarianceDelta)])]),
            new ReportParagraph("Variance of many runs mostly shows the machine's noise and clock, only then the tuner; read it with that in mind."),
        ]);
    }

    private static ReportSection Published(DateResults results) => new($"The paper's Table I ({PublishedLatency.Device})",
    [
        new ReportParagraph(
            $"The paper's numbers were measured on a GPU ({PublishedLatency.Device}); ours were not. Compare the relations between tuners, not the times."),
        new ReportTable(
            "As published: average of ten tuning trials, 600 runs each",
            ["network", "tuner", ">latency ms", ">delta", ">variance", ">delta"],
            [
                .. results.Published.Select(cell =>
                {
                    PublishedLatency first = results.Published.First(other => other.Model == cell.Model);
                    bool isFirst = ReferenceEquals(first, cell);
                    return (ImmutableArray<string>)
                    [
                        cell.Model,
                        cell.Arm,
                        cell.LatencyMs.ToString("0.0000", CultureInfo.InvariantCulture),
                        Percent(isFirst ? null : (cell.LatencyMs / first.LatencyMs) - 1),
                        cell.Variance.ToString("0.0000", CultureInfo.InvariantCulture),
                        Percent(isFirst ? null : (cell.Variance / first.Variance) - 1),
                    ];
                }),
            ]),
    ]);

    private static ReportSection Convergence(DateResults results) => new("Figure 4: convergence",
    [
        new ReportParagraph("Best performance found after each number of configurations, mean over seeds; bands are 95 % intervals. A search that stopped "
            + "early keeps its last best. Failing configurations count."),
        .. results.Curves.Where(curve => !curve.Arms.IsEmpty).Take(MaxCurves)
            .Select(curve => new LineChart($"{curve.Group}, {curve.Layer}", "configurations tried", curve.Unit, curve.Arms)),
    ]);

    private static ReportSection Layers(DateResults results)
    {
        var blocks = ImmutableArray.CreateBuilder<ReportBlock>();
        foreach (IGrouping<string, LayerRow> group in results.Layers.GroupBy(row => results.Setting.IsRecorded ? "recorded devices" : row.Group))
        {
            LayerRow[][] layers = [.. group.GroupBy(row => (row.Group, row.Position)).Select(layer => layer.ToArray())];
            ImmutableArray<string> names = [.. layers.Select(layer => results.Setting.IsRecorded ? layer[0].Group : $"{layer[0].Position}")];
            blocks.Add(new BarChart($"{group.Key}: configurations tried "
                + "before the search stopped", "configurations", names, Bars(results, layers, row => ChartPoint.At(0, row.Configurations))));
            blocks.Add(new BarChart(
                $"{group.Key}: performance relative to {results.Setting.Arms[0]} (1 = equal)",
                "performance ratio",
                names,
                Bars(results, layers, row => row.Ratio is { } ratio ? new ChartPoint(0, ratio.Mean, Math.Max(0, ratio.Low), ratio.High) : null)));
            blocks.Add(new ReportTable(
                $"{group.Key}: every layer",
                [">#", "layer", "tuner", ">configurations", ">best ms", ">GFLOP/s", ">ratio", ">95 % interval"],
                [
                    .. group.Select(row => (ImmutableArray<string>)
                    [
                        $"{row.Position}", row.Layer, row.Arm, Number(row.Configurations), Number(row.BestMs), Number(row.Gflops), Number(row.Ratio?.Mean),
                        row.Ratio is { } ratio
                            ? Range(ratio)
                            : "-",
                    ]),
                ]));
        }

        return new ReportSection("Figure 5: configurations and performance per layer", blocks.ToImmutable());
    }

    private static ImmutableArray<ChartSeries> Bars(DateResults results, LayerRow[][] layers, Func<LayerRow, ChartPoint?> bar) =>
    [
        .. results.Setting.Arms.Select(arm => new ChartSeries(arm,
        [
            .. layers.SelectMany((layer, i) => layer.Where(row => row.Arm == arm).Select(bar).OfType<ChartPoint>().Select(point => point with { X = i })),
        ])),
    ];

    private static ReportSection Diversity(DateResults results) => new("Diversity of the initial set",
    [
        new ReportParagraph("Sets of the same size chosen by BTED and at random. A larger distance to the nearest neighbour means less repetition; a smaller "
            + "covering distance means that any point of the space has a near one in the set."),
        .. results.Diversity.GroupBy(row => (row.Group, row.Layer)).Take(MaxPictures).Select(task => new ScatterChart(
            $"{task.Key.Group}, {task.Key.Layer}: initial sets in the plane of the space's two principal components",
            "first component",
            "second component",
            [.. task.Select(row => new ChartSeries(row.Set, row.Projection))])),
        new ReportTable(
            "Distances in standardised features",
            ["group", "layer", "set", ">points", ">nearest neighbour", ">covering"],
            [.. results.Diversity.Select(
                row => (ImmutableArray<string>)[row.Group, row.Layer, row.Set, $"{row.Points}", Number(row.NearestDistance), Number(row.Covering)])]),
    ]);

    private static string Number(double? value) => value is { } known ? known.ToString("G4", CultureInfo.InvariantCulture) : "-";

    private static string Range(MeanInterval interval) => interval.Count < 2 ? "one seed" : $"[{Number(interval.Low)}, {Number(interval.High)}]";

    private static string Percent(double? fraction) =>
        fraction is { } known ? (known * 100).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + " %" : "-";
}
