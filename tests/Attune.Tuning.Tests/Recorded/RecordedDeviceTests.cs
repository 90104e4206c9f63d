using System.Globalization;
using System.IO.Compression;
using Attune.Kernels.Spaces;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning.Comparison;
using Attune.Tuning.Recorded;
using Attune.Tuning.Search;
using Xunit.Abstractions;

namespace Attune.Tuning.Tests.Recorded;

public sealed class RecordedDeviceTests(ITestOutputHelper output)
{
    private const string Table = """
        tile,order,status,time_ms,time_sd_ms,compile_ms,benchmark_ms
        8,inner,ok,2.5,0.1,10,30
        1,inner,ok,4,0.1,10,30
        1,outer,compile_error,,,7,0
        2,outer,run_error,,,7,1

        """;

    [Fact]
    public void Only_listed_combinations_are_valid_and_answer_with_their_times()
    {
        RecordedDevice device = RecordedDevice.Read("demo", new StringReader(Table));
        device.Space.Knobs.Select(knob => knob.Kind).ShouldBe([KnobKind.Scale, KnobKind.Choice]);
        device.Space.Knobs[0].Labels.ShouldBe(["1", "2", "8"]);
        device.Space.Count.ShouldBe(6);
        device.Points.ShouldBe(4);
        device.BestMs.ShouldBe(2.5);
        long best = device.Space.Encode([2, 0]);
        device.Space.IsValid(best).ShouldBeTrue();
        device.Measure(best).MedianMs.ShouldBe(2.5);
        device.CostOf(best).ShouldBe(TimeSpan.FromMilliseconds(40));
        device.Measure(device.Space.Encode([0, 1])).Outcome.ShouldBe(Outcome.CompileError);
        device.Measure(device.Space.Encode([1, 1])).Outcome.ShouldBe(Outcome.Crash);
        long missing = device.Space.Encode([2, 1]);
        device.Space.IsValid(missing).ShouldBeFalse();
        device.Measure(missing).Outcome.ShouldBe(Outcome.Invalid);
    }

    [Fact]
    public async Task As_a_measurer_it_goes_by_the_knobs()
    {
        await using RecordedDevice device = RecordedDevice.Read("demo", new StringReader(Table));
        var knobs = new Dictionary<string, string> { ["tile"] = "1", ["order"] = "inner" };
        (await device.MeasureAsync(new MeasureRequest("demo", 99, knobs, 1, null), CancellationToken.None)).MedianMs.ShouldBe(4);
        knobs["tile"] = "3";
        (await device.MeasureAsync(new MeasureRequest("demo", 0, knobs, 1, null), CancellationToken.None)).Outcome.ShouldBe(Outcome.Invalid);
    }

    [Fact]
    public void Gzipped_files_read_like_plain_ones()
    {
        string folder = Directory.CreateTempSubdirectory("attune-recorded").FullName;
        string path = Path.Combine(folder, "demo.csv.gz");
        using (var writer = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest)))
        {
            writer.Write(Table);
        }

        RecordedDevice.Load(path).Points.ShouldBe(4);
        RecordedDevice.Load(path).Name.ShouldBe("demo");
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("a,b,c", "line 1")]
    [InlineData("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,2", "line 2")]
    [InlineData("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,2,0,0,0\n1,ok,3,0,0,0", "line 3")]
    public void What_is_no_such_table_is_refused_with_its_line(string text, string where) =>
        Should.Throw<RecordedDeviceException>(() => RecordedDevice.Read("bad", new StringReader(text))).Message.ShouldContain(where);

    [NeedingFact(Need.RecordedSpaces)]
    [Trait(Category.Name, Category.Slow)]
    public void The_default_searcher_beats_random_search_on_real_recorded_devices()
    {
        string[] files = TestData.RecordedSpaces;
        double[] mean = new double[2];
        foreach (string file in files)
        {
            RecordedDevice device = RecordedDevice.Load(file);
            foreach ((string searcher, int slot) in new[] { ("random", 0), (SearcherCatalog.Default, 1) })
            {
                TunerScore score = TunerComparison.Run(device, searcher, new() { ExpectedTrials = 128 }, [128], seeds: 10, batch: 8)[0];
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{device.Name} {searcher}: {score.Mean:F3} ± {score.Spread:F3}"));
                mean[slot] += score.Mean / files.Length;
            }
        }

        // The published expectation of random search at 128 trials is 0.783 over these four spaces.
        mean[1].ShouldBeGreaterThan(mean[0] + 0.05);
        mean[1].ShouldBeGreaterThan(0.85);
    }

    [Fact]
    public void A_comparison_counts_failures_as_trials_and_ends_at_the_optimum_when_all_is_measured()
    {
        RecordedDevice device = RecordedDevice.Read("demo", new StringReader(Table));
        var scores = TunerComparison.Run(device, "random", new(), [1, 4, 6], seeds: 30, batch: 1);
        scores[0].Mean.ShouldBeInRange(0, 1);
        scores[1].Mean.ShouldBe(1);
        scores[2].Mean.ShouldBe(1);
        scores[1].Spread.ShouldBe(0);

        // One trial: optimum, 2.5 / 4, or a failure (0), equally likely but for the two failures.
        scores[0].Mean.ShouldBe((1 + 0.625) / 4, 0.25);
    }
}
