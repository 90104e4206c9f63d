using System.Collections.Immutable;
using Xunit.Abstractions;

namespace Attune.Tuning.Tests.Comparison;

public sealed class RandomExpectationTests(ITestOutputHelper output)
{
    [Fact]
    public void Small_tables_are_counted_by_hand()
    {
        RecordedDevice device = RecordedDevice.Read("demo", new StringReader("""
            a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms
            1,ok,2,0,0,0
            2,ok,4,0,0,0
            4,run_error,,,0,0

            """));

        // One point: 1, 1/2 or 0. Two points: {1,2} and {1,4} give 1, {2,4} gives 1/2. Three and more: all.
        ImmutableArray<double> expected = RandomExpectation.Of(device, [1, 2, 3, 9]);
        expected[0].ShouldBe(1.5 / 3, 1e-12);
        expected[1].ShouldBe(2.5 / 3, 1e-12);
        expected[2].ShouldBe(1, 1e-12);
        expected[3].ShouldBe(1, 1e-12);
    }

    [Theory]
    [InlineData("A100", 0.596, 0.643, 0.691, 0.743, 0.800, 0.857)]
    [InlineData("A4000", 0.675, 0.736, 0.793, 0.849, 0.904, 0.954)]
    [InlineData("MI250X", 0.331, 0.459, 0.594, 0.720, 0.832, 0.923)]
    [InlineData("W6600", 0.586, 0.689, 0.766, 0.821, 0.859, 0.895)]
    public void Real_recordings_have_the_published_expectations_and_the_random_searcher_meets_them(string gpu, params double[] published)
    {
        string? file = Array.Find(SharedData.RecordedSpaces(), path => path.Contains($"_{gpu}."));
        if (file is null)
        {
            output.WriteLine("skipped: no recorded spaces (set ATTUNE_DATA)");
            return;
        }

        RecordedDevice device = RecordedDevice.Load(file);
        ImmutableArray<int> checkpoints = [16, 32, 64, 128, 256, 512];
        ImmutableArray<double> expected = RandomExpectation.Of(device, checkpoints);
        expected.Zip(published).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 0.0006);
        ImmutableArray<TunerScore> found = TunerComparison.Run(device, "random", new(), [64, 256], seeds: 200, batch: 8);
        foreach (TunerScore score in found)
        {
            // Four standard errors of the mean.
            score.Mean.ShouldBe(expected[checkpoints.IndexOf(score.Trials)], 4 * score.Spread / Math.Sqrt(score.Seeds));
        }
    }
}
