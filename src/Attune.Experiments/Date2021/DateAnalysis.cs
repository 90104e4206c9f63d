using System.Collections.Immutable;
using Attune.Experiments.Latency;
using Attune.Experiments.Reports;
using Attune.Experiments.Search;
using Attune.Experiments.Setup;
using Attune.Numerics;

namespace Attune.Experiments.Date2021;

/// <summary>From searches and latencies to the paper's table and figures. Pure: the same input gives the same result.</summary>
/// <param name="tasks">Tasks in order.</param>
/// <param name="traces">All searches.</param>
/// <param name="arms">Names of the arms, the baseline first.</param>
/// <param name="trials">Most configurations per search.</param>
public sealed class DateAnalysis(ImmutableArray<ExperimentTask> tasks, ImmutableArray<SearchTrace> traces, ImmutableArray<string> arms, int trials)
{
    private const int MaxCurvePoints = 128;

    /// <summary>Table I: latencies of whole networks.</summary>
    public ImmutableArray<LatencyRow> Table(ImmutableArray<LatencyRun> latencies) => Rows(latencies.Select(run => run.Group).Distinct(), (group, arm) =>
    {
        LatencyRun[] runs = [.. latencies.Where(run => run.Group == group && run.Arm == arm)];
        return runs.Length == 0 ? null : (MeanInterval.Of([.. runs.Select(run => run.MeanMs)]), runs.Average(run => run.VarianceMs2));
    });

    /// <summary>
    /// Table I for recorded devices: a device has no whole network, so the time of its best kernel stands for the latency and the variance is over seeds.
    /// </summary>
    public ImmutableArray<LatencyRow> TableOfKernels() => Rows(tasks.Select(task => task.Group).Distinct(), (group, arm) =>
    {
        double[] bests = Bests(traces.Where(trace => trace.Group == group && trace.Arm == arm));
        return bests.Length == 0 ? null : (MeanInterval.Of(bests), Moments.Variance(bests));
    });

    /// <summary>Figure 5: every layer's number of configurations, and its performance against the baseline's.</summary>
    public ImmutableArray<LayerRow> Layers()
    {
        var rows = ImmutableArray.CreateBuilder<LayerRow>();
        foreach (IGrouping<string, ExperimentTask> group in tasks.GroupBy(task => task.Group))
        {
            int position = 0;
            foreach (ExperimentTask task in group)
            {
                position++;
                rows.AddRange(arms.Select(arm => Layer(task, position, arm)));
            }
        }

        return rows.ToImmutable();
    }

    /// <summary>Figure 4: best performance so far after each number of configurations.</summary>
    public ImmutableArray<ConvergenceCurve> Curves() => [.. tasks.Select(Curve)];

    private static double[] Bests(IEnumerable<SearchTrace> searches) => [.. searches.Select(trace => trace.Best?.TimeMs).OfType<double>()];

    private static double? Delta(double value, double baseline) => baseline > 0 ? (value / baseline) - 1 : null;

    private IEnumerable<SearchTrace> Of(ExperimentTask task, string arm) =>
        traces.Where(trace => trace.Group == task.Group && trace.Task == task.Tuning.Key && trace.Arm == arm).OrderBy(trace => trace.Seed);

    private ImmutableArray<LatencyRow> Rows(IEnumerable<string> groups, Func<string, string, (MeanInterval Latency, double Variance)?> cell)
    {
        var rows = new List<LatencyRow>();
        foreach (string group in groups)
        {
            (MeanInterval Latency, double Variance)? baseline = cell(group, arms[0]);
            foreach (string arm in arms)
            {
                if (cell(group, arm) is { } ours)
                {
                    bool compared = arm != arms[0] && baseline is not null;
                    rows.Add(new LatencyRow(
                        group,
                        arm,
                        ours.Latency,
                        ours.Variance,
                        compared ? Delta(ours.Latency.Mean, baseline!.Value.Latency.Mean) : null,
                        compared ? Delta(ours.Variance, baseline!.Value.Variance) : null));
                }
            }
        }

        // As the paper does it: columns are averaged, deltas too, rather than computed from averages.
        if (rows.Select(row => row.Group).Distinct().Count() > 1)
        {
            rows.AddRange([.. arms.Where(arm => rows.Exists(row => row.Arm == arm)).Select(arm => Average(arm, [.. rows.Where(row => row.Arm == arm)]))]);
        }

        return [.. rows];
    }

    private static LatencyRow Average(string arm, LatencyRow[] rows) => new(
        "Average",
        arm,
        new MeanInterval(rows.Average(row => row.LatencyMs.Mean), rows.Average(row => row.LatencyMs.Low), rows.Average(row => row.LatencyMs.High), rows.Length),
        rows.Average(row => row.Variance),
        rows.All(row => row.LatencyDelta is null) ? null : rows.Average(row => row.LatencyDelta ?? 0),
        rows.All(row => row.VarianceDelta is null) ? null : rows.Average(row => row.VarianceDelta ?? 0));

    private LayerRow Layer(ExperimentTask task, int position, string arm)
    {
        SearchTrace[] ours = [.. Of(task, arm)];
        SearchTrace[] baseline = [.. Of(task, arms[0])];
        double[] bests = Bests(ours);
        double[] ratios =
        [
            .. ours.Join(baseline, trace => trace.Seed, trace => trace.Seed, (mine, theirs) => theirs.Best?.TimeMs / mine.Best?.TimeMs).OfType<double>(),
        ];
        double? mean = bests.Length == ours.Length && bests.Length > 0 ? bests.Average() : null;
        return new LayerRow(
            task.Group,
            task.Tuning.Name,
            position,
            arm,
            ours.Length == 0 ? 0 : ours.Average(trace => trace.Points.Length),
            mean,
            mean is not null && task.Tuning.Flops > 0 ? bests.Average(time => task.Tuning.Flops / time / 1e6) : null,
            ratios.Length == 0 ? null : MeanInterval.Of(ratios));
    }

    private ConvergenceCurve Curve(ExperimentTask task)
    {
        bool knowsFlops = task.Tuning.Flops > 0;
        double best = task.OptimumMs ?? Bests(
            traces.Where(trace => trace.Group == task.Group && trace.Task == task.Tuning.Key)).DefaultIfEmpty(double.NaN).Min();
        double scale = knowsFlops ? task.Tuning.Flops / 1e6 : best;
        string unit = knowsFlops ? "GFLOP/s" : task.OptimumMs is null ? "share of the best known performance" : "share of the best performance";
        int longest = traces.Where(
            trace => trace.Group == task.Group && trace.Task == task.Tuning.Key).Select(trace => trace.Points.Length).DefaultIfEmpty(0).Max();
        int length = Math.Min(trials, longest);
        int[] places = [.. Enumerable.Range(1, Math.Min(length, MaxCurvePoints)).Select(
            i => (int)Math.Round((double)i * length / Math.Min(length, MaxCurvePoints)))];
        return new ConvergenceCurve(
            task.Group, task.Tuning.Name, unit, [.. arms.Select(arm => Series(task, arm, length, places, scale)).Where(series => !series.Points.IsEmpty)]);
    }

    private ChartSeries Series(ExperimentTask task, string arm, int length, int[] places, double scale)
    {
        double[][] curves = [.. Of(task, arm).Select(trace => trace.Curve(length))];
        return new ChartSeries(arm, curves.Length == 0
            ? []
            :
            [
                .. places.Select(place =>
                {
                    var interval = MeanInterval.Of([.. curves.Select(curve => double.IsFinite(curve[place - 1]) ? scale / curve[place - 1] : 0)]);
                    return new ChartPoint(place, interval.Mean, Math.Max(0, interval.Low), interval.High);
                }),
            ]);
    }
}
