namespace Attune.Measuring.Tests;

public sealed class RobustStatisticsTests
{
    [Fact]
    public void The_median_is_the_middle_or_the_mean_of_the_middle_two()
    {
        RobustStatistics.Median([3, 1, 2]).ShouldBe(2);
        RobustStatistics.Median([4, 1, 3, 2]).ShouldBe(2.5);
        Should.Throw<ArgumentException>(() => RobustStatistics.Median([]));
    }

    [Fact]
    public void One_disturbed_repeat_does_not_move_the_spread()
    {
        // Deviations from the median 10 are 0, 1, 1, 1 and 990: their median is 1.
        RobustStatistics.Deviation([9, 10, 11, 11, 1000]).ShouldBe(1.4826 * 1, 1e-9);
    }

    [Fact]
    public void The_spread_of_normal_noise_is_its_standard_deviation()
    {
        var random = new Random(7);
        double[] sample = [.. Enumerable.Range(0, 20_000).Select(_ => 5 + (0.3 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
        RobustStatistics.Deviation(sample).ShouldBe(0.3, 0.01);
    }
}
