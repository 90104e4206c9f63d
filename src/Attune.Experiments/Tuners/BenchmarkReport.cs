using System.Collections.Immutable;
using System.Globalization;
using Attune.Experiments.Reports;
using Attune.Numerics;
using Attune.Tuning.Comparison;

namespace Attune.Experiments.Tuners;

/// <summary>The report of a comparison of tuners on recorded devices.</summary>
public static class BenchmarkReport
{
    private const int MaxCurvePoints = 96;
    private const double Significant = 0.01;

    /// <summary>Puts the report together.</summary>
    /// <param name="report">What the comparison found.</param>
    /// <param name="spaces">The devices, with what learning tuners knew.</param>
    /// <param name="options">What was run.</param>
    /// <param name="command">Command that repeats it.</param>
    /// <param name="date">When it ended.</param>
    public static ReportDocument Of(
        TunerBenchmarkReport report, ImmutableArray<BenchmarkSpace> spaces, TunerBenchmarkOptions options, string command, DateTimeOffset date)
    {
        int[] trials = [.. report.Means.Select(mean => mean.Trials).Distinct().Order()];
        string[] tuners = [.. options.Tuners.Select(tuner => tuner.Label)];
        return new ReportDocument(
            "Tuners on recorded devices",
            $"{options.Seeds} seed{(options.Seeds == 1 ? string.Empty : "s")}, {options.Trials} configuration{(options.Trials == 1 ? string.Empty : "s")} per "
            + $"search, {spaces.Length} recorded space{(spaces.Length == 1 ? string.Empty : "s")}.",
            [
                "Devices: "
                + $"{string.Join(", ", spaces.Select(space => $"{space.Name} ({space.Device.Points} configurations, {space.Device.Failures} failing)"))}",
                .. History(spaces),
                "Measure: time of the fastest configuration of the device / best time found; failing configurations count as trials, nothing valid yet counts "
                + "0; means over seeds",
                $"Date: {date:yyyy-MM-dd}",
                $"Command: {command}",
            ],
            [
                new ReportSection("Mean over the devices",
                [
                    new ReportTable(
                        "Mean of optimum / best found; intervals are 95 % bootstrap bands",
                        ["tuner", .. trials.Select(count => $">{count}")],
                        [.. tuners.Select(tuner => Row(report, tuner, trials)), Expected(report, trials)]),
                    new ReportTable(
                        "Mean rank, 1 is best",
                        ["tuner", .. trials.Select(count => $">{count}")],
                        [.. tuners.Select(tuner => (ImmutableArray<string>)[tuner, .. trials.Select(count => Text(Mean(report, tuner, count).Rank, "0.00"))])]),
                ]),
                new ReportSection("Convergence", [.. spaces.Select(space => Curves(report, space.Name, tuners))]),
                new ReportSection("Every device", [.. spaces.Select(space => Device(report, space.Name, tuners, trials))]),
                Pairs(report, trials),
                new ReportSection("Cost",
                [
                    new ReportParagraph("Device seconds are what compiling and measuring a search's configurations cost when the device was recorded; thinking "
                        + "is the tuner's own time on this machine, several searches at a time. Trials to 95 %: mean of the configurations until optimum / "
                        + "best found is 0.95; searches that did not get there count with all of theirs."),
                    new ReportTable(
                        "Per search", ["tuner", ">device seconds", ">thinking ms per trial", ">failing", ">trials to 95 %", ">got there"],
                        [.. report.Costs.Select(
                            cost => (ImmutableArray<string>)[cost.Tuner, Text(cost.DeviceSeconds, "0.0"), Text(cost.ThinkingMsPerTrial, "0.00"), Text(
                                cost.FailureShare * 100,
                                "0.0") + " %", (cost.NearShare < 1
                                ? "> "
                                : string.Empty) + Text(cost.TrialsToNear, "0"), Text(cost.NearShare * 100, "0") + " %"])]),
                ]),
            ]);
    }

    private static IEnumerable<string> History(ImmutableArray<BenchmarkSpace> spaces) => spaces.Any(space => space.History is not null)
        ? ["History shown to tuners that learn: "
            + $"{string.Join("; ", spaces.Select(space => space.HistoryName.Length > 0 ? $"{space.Name}: {space.HistoryName}" : $"{space.Name}: none"))}. Its "
            + "own cost is not counted"]
        : [];

    private static TunerMean Mean(TunerBenchmarkReport report, string tuner, int trials) =>
        report.Means.First(mean => mean.Tuner == tuner && mean.Trials == trials);

    private static ImmutableArray<string> Row(TunerBenchmarkReport report, string tuner, int[] trials) =>
    [
        tuner,
        .. trials.Select(count =>
        {
            TunerMean mean = Mean(report, tuner, count);
            return $"{Text(mean.Mean, "0.000")} [{Text(mean.Low, "0.000")}, {Text(mean.High, "0.000")}]";
        }),
    ];

    private static ImmutableArray<string> Expected(TunerBenchmarkReport report, int[] trials) =>
        ["random, exact expectation", .. trials.Select(
            count => Text(report.Random.Where(score => score.Trials == count).Select(score => score.Mean).DefaultIfEmpty(double.NaN).Average(), "0.000"))];

    private static LineChart Curves(TunerBenchmarkReport report, string device, string[] tuners) => new(
        device,
        "configurations tried",
        "optimum / best found",
        [.. tuners.Select(tuner => Series(report, device, tuner))]);

    private static ChartSeries Series(TunerBenchmarkReport report, string device, string tuner)
    {
        TunerRace[] races = [.. report.Races.Where(race => race.Space == device && race.Tuner == tuner)];
        int length = races.Max(race => race.Curve.Length);
        int points = Math.Min(length, MaxCurvePoints);
        return new ChartSeries(
            tuner,
            [
                .. Enumerable.Range(1, points).Select(i => (int)Math.Round((double)i * length / points)).Distinct().Select(trials =>
                {
                    var interval = MeanInterval.Of([.. races.Select(race => race.At(trials))]);
                    return new ChartPoint(trials, interval.Mean, Math.Max(0, interval.Low), Math.Min(1, interval.High));
                }),
            ]);
    }

    private static ReportTable Device(TunerBenchmarkReport report, string device, string[] tuners, int[] trials) => new(
        $"{device}: mean ± standard deviation over seeds",
        ["tuner", .. trials.Select(count => $">{count}")],
        [
            .. tuners.Select(tuner => (ImmutableArray<string>)
            [
                tuner,
                .. trials.Select(count =>
                {
                    TunerScore score = report.Scores.First(each => each.Device == device && each.Searcher == tuner && each.Trials == count);
                    return $"{Text(score.Mean, "0.000")} ± {Text(score.Spread, "0.000")}";
                }),
            ]),
        ]);

    private static ReportSection Pairs(TunerBenchmarkReport report, int[] trials)
    {
        int last = trials[^1];
        TunerDuel[] duels = [.. report.Duels.Where(duel => duel.Trials == last)];
        return new ReportSection("Pairs of tuners",
        [
            new ReportParagraph("Same device and seed. p is two-sided, by sign flips of the paired differences, corrected after Holm over all pairs; claims "
                + $"need p below {Significant}."),
            new ReportTable(
                "Difference of the means, first less second (p, corrected)",
                ["first", "second", .. trials.Select(count => $">{count}")],
                [.. duels.Select(duel => (ImmutableArray<string>)[duel.First, duel.Second, .. trials.Select(count => Difference(report, duel, count))])]),
            new ReportTable(
                $"Searches won at {last} configurations",
                ["first", "second", ">first wins", ">ties", ">pairs"],
                [.. duels.Select(duel => (ImmutableArray<string>)[duel.First, duel.Second, $"{duel.Wins}", $"{duel.Ties}", $"{duel.Pairs}"])]),
        ]);
    }

    private static string Difference(TunerBenchmarkReport report, TunerDuel pair, int trials)
    {
        TunerDuel duel = report.Duels.First(each => each.First == pair.First && each.Second == pair.Second && each.Trials == trials);
        return $"{Text(duel.Difference, "+0.000;-0.000;0.000")} ({Text(duel.AdjustedP, "0.0000")})";
    }

    private static string Text(double value, string format) => double.IsNaN(value) ? "-" : value.ToString(format, CultureInfo.InvariantCulture);
}
