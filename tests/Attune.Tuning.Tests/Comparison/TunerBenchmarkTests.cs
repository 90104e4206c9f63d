using System.Globalization;
using System.Text;
using Attune.Tuning.Comparison;
using Attune.Tuning.Recorded;

namespace Attune.Tuning.Tests.Comparison;

public sealed class TunerBenchmarkTests
{
    [Fact]
    public void Equal_inputs_give_equal_reports_and_every_combination_is_there()
    {
        TunerBenchmarkReport first = Benchmark().Run();
        TunerBenchmarkReport second = Benchmark().Run();
        first.Scores.ShouldBe(second.Scores);
        first.Means.ShouldBe(second.Means);
        first.Duels.ShouldBe(second.Duels);
        first.Scores.Length.ShouldBe(2 * 2 * 2);
        first.Means.Length.ShouldBe(2 * 2);
        first.Duels.Length.ShouldBe(2);
        first.Races.Length.ShouldBe(2 * 2 * 5);
        foreach (TunerMean mean in first.Means)
        {
            mean.Mean.ShouldBe(first.Scores.Where(score => score.Searcher == mean.Tuner && score.Trials == mean.Trials).Average(score => score.Mean), 1e-12);
            mean.Mean.ShouldBeInRange(mean.Low - 1e-12, mean.High + 1e-12);
        }

        first.Means.Where(mean => mean.Trials == 32).Sum(mean => mean.Rank).ShouldBe(3, 1e-9);
        TunerDuel duel = first.Duels.First(duel => duel.Trials == 16);
        duel.Pairs.ShouldBe(10);
        duel.Difference.ShouldBe(Mean("random", 16) - Mean("bted", 16), 1e-12);
        first.Curve("a", "random")[15].ShouldBe(first.Scores.First(score => score is { Device: "a", Searcher: "random", Trials: 16 }).Mean, 1e-12);

        double Mean(string tuner, int trials) => first.Means.First(mean => mean.Tuner == tuner && mean.Trials == trials).Mean;
    }

    [Fact]
    public void Device_time_is_that_of_the_recording()
    {
        // 60 points are the whole space: every search costs all of it, 40 ms a point.
        TunerBenchmarkReport report = new TunerBenchmark([Device("a", 1)], Options() with { Trials = 60 }).Run();
        report.Costs.ShouldAllBe(cost => Math.Abs(cost.DeviceSeconds - (60 * 0.040)) < 1e-9);
        report.Costs.ShouldAllBe(cost => Math.Abs(cost.FailureShare - (10.0 / 60)) < 1e-9);
        report.Races.ShouldAllBe(race => race.At(60).Equals(1.0));
    }

    [Fact]
    public void Trials_until_near_the_optimum_are_counted_and_searches_that_end_before_count_whole()
    {
        TunerBenchmarkReport report = new TunerBenchmark([Device("a", 1)], Options() with { Trials = 16 }).Run();
        foreach (TunerCost cost in report.Costs)
        {
            TunerRace[] races = [.. report.Races.Where(race => race.Tuner == cost.Tuner)];
            double[] trials = [.. races.Select(race => (double)Enumerable.Range(1, 16).FirstOrDefault(n => race.At(n) >= 0.95, 16))];
            cost.TrialsToNear.ShouldBe(trials.Average(), 1e-9);
            cost.NearShare.ShouldBe(races.Count(race => race.At(16) >= 0.95) / (double)races.Length, 1e-12);
        }
    }

    [Fact]
    public void Finished_searches_are_taken_from_the_journal_and_a_torn_line_is_searched_again()
    {
        string folder = Directory.CreateTempSubdirectory("attune-races").FullName;
        TunerBenchmarkOptions options = Options() with { Folder = folder };
        TunerBenchmarkReport first = new TunerBenchmark([Device("a", 1)], options).Run();
        string journal = Path.Combine(folder, "races.jsonl");
        string[] lines = File.ReadAllLines(journal);
        lines.Length.ShouldBe(10);
        File.WriteAllText(journal, string.Join('\n', lines[..^1]) + "\n" + lines[^1][..40]);
        var seen = new Progress();
        TunerBenchmarkReport second = new TunerBenchmark([Device("a", 1)], options).Run(seen);
        seen.All.Single().Reused.ShouldBe(9);
        seen.All.Single().Done.ShouldBe(10);
        second.Scores.ShouldBe(first.Scores);

        // Another setting is another search.
        new TunerBenchmark([Device("a", 1)], options with { Batch = 2 }).Run(seen);
        seen.All.Count.ShouldBe(1 + 10);
        new TunerBenchmark([Device("a", 1)], options).Run(seen);
        seen.All.Count.ShouldBe(1 + 10);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void What_cannot_be_compared_is_refused_with_all_reasons()
    {
        RecordedDevice device = Device("a", 1);
        string message = Should.Throw<ArgumentException>(
            () => new TunerBenchmark([device], Options() with { Tuners = [TunerEntry.Of("radnom"), TunerEntry.Of("radnom")], Seeds = 0 })).Message;
        message.ShouldSatisfyAllConditions(
            text => text.ShouldContain("did you mean 'random'"),
            text => text.ShouldContain("two tuners are called 'radnom'"),
            text => text.ShouldContain("Seeds 0"));
        Should.Throw<ArgumentException>(() => new TunerBenchmark([device, device], Options())).Message.ShouldContain("Two recorded devices");
        RecordedDevice broken = RecordedDevice.Read("broken", new StringReader("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,run_error,,,1,1\n"));
        Should.Throw<ArgumentException>(() => new TunerBenchmark([broken], Options())).Message.ShouldContain("no configuration that ran");
    }

    [Fact]
    public void A_cancelled_comparison_says_so() =>
        Should.Throw<OperationCanceledException>(() => Benchmark().Run(cancellation: new CancellationToken(canceled: true)));

    private static TunerBenchmark Benchmark() => new([Device("a", 1), Device("b", 2)], Options());

    private static TunerBenchmarkOptions Options() => new()
    {
        Tuners = [TunerEntry.Of("random"), TunerEntry.Of("bted")],
        Trials = 32,
        Seeds = 5,
        Batch = 4,
        Parallel = 2,
    };

    private static RecordedDevice Device(string name, double scale)
    {
        var table = new StringBuilder("x,y,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n");
        for (int x = 1; x <= 10; x++)
        {
            for (int y = 1; y <= 6; y++)
            {
                string row = y == 6 ? "run_error,," : string.Create(CultureInfo.InvariantCulture, $"ok,{1 + (scale * (Math.Abs(x - 7) + y))},0.1");
                table.Append(CultureInfo.InvariantCulture, $"{x},{y},{row},10,30\n");
            }
        }

        return RecordedDevice.Read(name, new StringReader(table.ToString()));
    }

    private sealed class Progress : IProgress<TunerBenchmarkProgress>
    {
        public List<TunerBenchmarkProgress> All { get; } = [];

        public void Report(TunerBenchmarkProgress value) => All.Add(value);
    }
}
