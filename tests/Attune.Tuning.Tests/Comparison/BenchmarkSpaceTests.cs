using System.Globalization;
using System.Text;
using Attune.Tuning.Comparison;
using Attune.Tuning.Recorded;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.Tests.Comparison;

public sealed class BenchmarkSpaceTests
{
    [Fact]
    public void Only_entries_that_learn_see_the_history_and_cold_searches_of_one_device_are_shared()
    {
        RecordedDevice target = Device("target", 0);
        BenchmarkSpace[] spaces = [.. new[] { 0, 5 }.Select(
            shift => new BenchmarkSpace($"from {shift}", target, new TuningHistory([HistoryTask.Of(Device("source", shift))]), $"source {shift}"))];
        var seen = new Progress();
        TunerBenchmarkReport report = new TunerBenchmark(
            [.. spaces], Options(new TunerEntry("recall", "recall", new()) { Learns = true }, new TunerEntry("recall cold", "recall", new()))).Run(seen);

        // Two histories times three seeds, and the cold ones once.
        seen.All.Max(progress => progress.Total).ShouldBe((2 * 3) + 3);
        Score("from 0", "recall").ShouldBe(1, "the source is the device itself: its best comes first");
        Score("from 5", "recall").ShouldBeLessThan(1);
        Score("from 0", "recall cold").ShouldBe(Score("from 5", "recall cold"));
        report.Races.Count(race => race.Tuner == "recall cold").ShouldBe(2 * 3);

        double Score(string space, string tuner) => report.Scores.First(score => score.Device == space && score.Searcher == tuner && score.Trials == 4).Mean;
    }

    [Fact]
    public void A_journal_never_gives_searches_of_another_space_or_history_for_this_one()
    {
        string folder = Directory.CreateTempSubdirectory("attune-spaces").FullName;
        TunerBenchmarkOptions options = Options(new TunerEntry("recall", "recall", new()) { Learns = true }) with { Folder = folder };
        RecordedDevice device = Device("target", 0);
        Searches(Space(device, "one")).ShouldBe(3);
        Searches(Space(device, "one")).ShouldBe(0, "everything is in the journal");
        Searches(Space(device, "two")).ShouldBe(3, "another history");

        // The same name, seeds, number of configurations and best time, but other times: another space.
        Searches(Space(Device("target", 0, slow: 1.5), "one")).ShouldBe(3);
        Searches(Space(device, "one")).ShouldBe(0);
        Directory.Delete(folder, recursive: true);

        BenchmarkSpace Space(RecordedDevice of, string history) =>
            new("target", of, new TuningHistory([HistoryTask.Of(Device("source", history.Length))]), history);

        int Searches(BenchmarkSpace space)
        {
            var seen = new Progress();
            new TunerBenchmark([space], options).Run(seen);
            return seen.All.Count;
        }
    }

    private static TunerBenchmarkOptions Options(params TunerEntry[] tuners) =>
        new() { Tuners = [.. tuners], Trials = 8, Seeds = 3, Batch = 4, Checkpoints = [4, 8], Parallel = 2 };

    private static RecordedDevice Device(string name, int shift, double slow = 1)
    {
        var table = new StringBuilder("x,y,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n");
        for (int x = 1; x <= 12; x++)
        {
            for (int y = 1; y <= 6; y++)
            {
                double distance = Math.Abs(x - 3 - shift) + Math.Abs(y - 2);
                table.Append(CultureInfo.InvariantCulture, $"{x},{y},ok,{1 + (slow * distance)},0.1,10,30\n");
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
