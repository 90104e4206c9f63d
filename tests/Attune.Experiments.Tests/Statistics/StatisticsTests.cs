namespace Attune.Experiments.Tests.Statistics;

public sealed class StatisticsTests
{
    // Search hours and latencies of the poster against the hypervolume that it prints, percent.
    [Theory]
    [InlineData(10.06, 0.7664, 31.14, 0.8980, 9.9168)]
    [InlineData(2.14, 1.2537, 6.28, 1.3467, 4.5573)]
    [InlineData(4.62, 6.4972, 19.92, 6.7847, 3.2556)]
    [InlineData(9.47, 1.7305, 32.04, 1.8248, 3.6423)]
    public void The_hypervolume_is_the_posters(double hours, double latency, double baselineHours, double baselineLatency, double printed) =>
        (Math.Abs(Hypervolume.Of(hours, latency, baselineHours, baselineLatency) - printed) / printed).ShouldBeLessThan(0.001);

    [Theory]
    [InlineData(2, 0.5)]
    [InlineData(0.5, 2)]
    [InlineData(2, 2)]
    public void Worse_on_either_axis_dominates_nothing(double seconds, double latency) => Hypervolume.Of(seconds, latency, 1, 1).ShouldBe(0);

    [Fact]
    public void The_interval_is_Students()
    {
        // Mean 2, deviation 1, t of two degrees of freedom 4.303: half width 4.303 / sqrt 3.
        var interval = Interval.Of([1, 2, 3]);
        interval.Mean.ShouldBe(2);
        interval.Low.ShouldBe(2 - (4.303 / Math.Sqrt(3)), 1e-9);
        interval.High.ShouldBe(2 + (4.303 / Math.Sqrt(3)), 1e-9);
        interval.Count.ShouldBe(3);
    }

    [Fact]
    public void One_value_is_its_own_interval_and_none_is_refused()
    {
        Interval.Of([7]).ShouldBe(new Interval(7, 7, 7, 1));
        Should.Throw<ArgumentException>(() => Interval.Of([]));
    }
}
