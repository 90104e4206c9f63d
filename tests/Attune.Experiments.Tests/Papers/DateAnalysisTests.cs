using System.Collections.Immutable;
using Attune.Experiments.Date2021;
using Attune.Experiments.Latency;
using Attune.Experiments.Reports;
using Attune.Experiments.Search;
using Attune.Experiments.Setup;
using Attune.Records;
using Attune.Tuning.Search;

namespace Attune.Experiments.Tests.Papers;

public sealed class DateAnalysisTests
{
    private static readonly ImmutableArray<string> Arms = ["base", "ours"];

    [Fact]
    public void Deltas_are_relative_to_the_baseline_and_averaged_as_deltas()
    {
        LatencyRun[] runs =
        [
            new("a", "base", 1, 600, 10, 4, 10), new("a", "base", 2, 600, 12, 6, 12), new("a", "ours", 1, 600, 5, 1, 5), new("a", "ours", 2, 600, 6, 1, 6),
            new("b", "base", 1, 600, 1, 1, 1), new("b", "ours", 1, 600, 1, 2, 1),
        ];
        LatencyRow[] table = [.. new DateAnalysis([], [], Arms, 8).Table([.. runs])];
        LatencyRow a = table.Single(row => row is { Group: "a", Arm: "ours" });
        a.LatencyMs.Mean.ShouldBe(5.5);
        a.Variance.ShouldBe(1);
        a.LatencyDelta!.Value.ShouldBe((5.5 / 11) - 1, 1e-12);
        a.VarianceDelta!.Value.ShouldBe((1.0 / 5) - 1, 1e-12);
        table.Single(row => row is { Group: "a", Arm: "base" }).LatencyDelta.ShouldBeNull();
        LatencyRow average = table.Single(row => row is { Group: "Average", Arm: "ours" });
        average.LatencyMs.Mean.ShouldBe(3.25);
        average.LatencyDelta!.Value.ShouldBe(-0.25, 1e-12);
    }

    [Fact]
    public void Layers_compare_equal_seeds_and_curves_show_operations_per_second()
    {
        ExperimentTask task = Bowl.Task(flops: 2e6);
        SearchTrace[] traces =
        [
            Trace("base", 1, 4, 2), Trace("base", 2, 4, 4), Trace("ours", 1, 2, 1), Trace("ours", 2, 3, 1, 9),
        ];
        var analysis = new DateAnalysis([task], [.. traces], Arms, 8);

        LayerRow ours = analysis.Layers().Single(row => row.Arm == "ours");
        ours.Configurations.ShouldBe(2.5);
        ours.BestMs.ShouldBe(1);
        ours.Gflops!.Value.ShouldBe(2, 1e-12);
        ours.Ratio!.Value.Mean.ShouldBe(3);

        ConvergenceCurve curve = analysis.Curves().ShouldHaveSingleItem();
        curve.Unit.ShouldBe("GFLOP/s");
        ChartSeries line = curve.Arms.Single(arm => arm.Name == "ours");
        line.Points.Select(point => point.X).ShouldBe([1, 2, 3]);
        line.Points[0].Y.ShouldBe(((2.0 / 2) + (2.0 / 3)) / 2, 1e-12);
        line.Points[2].Y.ShouldBe(2, 1e-12, "a search that ended keeps its best");
    }

    [Fact]
    public void A_search_without_result_leaves_its_cells_empty()
    {
        ExperimentTask task = Bowl.Task();
        SearchTrace nothing = new("net", "bowl", "ours", 1, [new TracePoint(0, Outcome.Crash, null, 1)], 0, SearchStop.Failing);
        LayerRow row = new DateAnalysis([task], [Trace("base", 1, 2), nothing], Arms, 4).Layers().Single(layer => layer.Arm == "ours");
        row.BestMs.ShouldBeNull();
        row.Ratio.ShouldBeNull();
    }

    [Fact]
    public void Initial_sets_of_BTED_are_spread_out_more_than_random_ones()
    {
        // The set's purpose in the paper, and what Figure-like pictures must show.
        DiversityRow[] rows = [.. Diversity.Of(Bowl.Task(side: 40), 32, seed: 1)];
        rows.Select(row => row.Set).ShouldBe(["BTED", "random"]);
        rows.ShouldAllBe(row => row.Points == 32 && row.Projection.Length == 32);
        rows[0].NearestDistance.ShouldBeGreaterThan(rows[1].NearestDistance);
    }

    private static SearchTrace Trace(string arm, int seed, params double[] times) =>
        new("net", "bowl", arm, seed, [.. times.Select((ms, i) => new TracePoint(i, Outcome.Ok, ms, 10))], 1, SearchStop.Trials);
}
