using Attune.Tuning.Comparison;
using Attune.Tuning.Recorded;

namespace Attune.Tuning.Tests.Recorded;

public sealed class RandomExpectationTests
{
    private const string Table = "a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,1,0,0,0\n2,ok,2,0,0,0\n3,ok,4,0,0,0\n4,run_error,0,0,0,0\n";

    [Fact]
    public void It_is_the_mean_over_all_subsets()
    {
        RecordedDevice device = RecordedDevice.Read("demo", new StringReader(Table));
        RandomExpectation.At(device, 1).ShouldBe((1 + 0.5 + 0.25) / 4, 1e-12);

        // Pairs: three with the best, then {2, 3} and {2, fail} give 1/2, {3, fail} gives 1/4.
        RandomExpectation.At(device, 2).ShouldBe((3 + 0.5 + 0.5 + 0.25) / 6, 1e-12);
        RandomExpectation.At(device, 4).ShouldBe(1, 1e-12);
        RandomExpectation.At(device, 99).ShouldBe(1, 1e-12);
    }

    [NeedingTheory(Need.RecordedSpaces)]
    [InlineData("A100", new[] { 0.596, 0.643, 0.691, 0.743, 0.800, 0.857 })]
    [InlineData("A4000", new[] { 0.675, 0.736, 0.793, 0.849, 0.904, 0.954 })]
    [InlineData("MI250X", new[] { 0.331, 0.459, 0.594, 0.720, 0.832, 0.923 })]
    [InlineData("W6600", new[] { 0.586, 0.689, 0.766, 0.821, 0.859, 0.895 })]
    public void The_random_tuner_reproduces_the_published_expectations(string gpu, double[] published)
    {
        RecordedDevice device = RecordedDevice.Load(TestData.RecordedSpaces.Single(file => file.Contains(gpu, StringComparison.Ordinal)));
        int[] trials = [16, 32, 64, 128, 256, 512];
        for (int i = 0; i < trials.Length; i++)
        {
            // The data's README gives three decimals.
            RandomExpectation.At(device, trials[i]).ShouldBe(published[i], 0.0005 + 1e-9);
        }

        const int Seeds = 100;
        foreach (TunerScore score in TunerComparison.Run(device, "random", new(), [16, 64, 256], Seeds, batch: 8))
        {
            // Four standard errors of the mean over seeds.
            score.Mean.ShouldBe(RandomExpectation.At(device, score.Trials), 4 * score.Spread / Math.Sqrt(Seeds));
        }
    }
}
