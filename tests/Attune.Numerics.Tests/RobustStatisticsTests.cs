namespace Attune.Numerics.Tests;

public sealed class RobustStatisticsTests
{
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
        double[] sample = [.. Enumerable.Range(0, 20_000).Select(
            _ => 5 + (0.3 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
        RobustStatistics.Deviation(sample).ShouldBe(0.3, 0.01);
    }

    // Two halves 1 apart around 0: the median absolute deviation is 0.5. Published quantiles of Student's t at 0.975 with one degree of freedom less than there
    // are values.
    [Theory]
    [InlineData(2, 12.706)]
    [InlineData(4, 3.182)]
    [InlineData(12, 2.201)]
    public void The_interval_of_a_median_of_few_values_has_Students_factor(int count, double published)
    {
        double[] values = [.. Enumerable.Range(0, count).Select(i => i % 2 == 0 ? -0.5 : 0.5)];
        double standardError = 1.4826 * 0.5 * Math.Sqrt(Math.PI / 2) / Math.Sqrt(count);
        (RobustStatistics.HalfWidth(values) / standardError).ShouldBe(published, 0.002);
    }

    [Fact]
    public void One_value_has_no_interval() => Should.Throw<ArgumentException>(() => RobustStatistics.HalfWidth([1]));
}
