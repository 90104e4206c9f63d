using Attune.Experiments.Statistics;

namespace Attune.Experiments.Tests.Statistics;

public sealed class HypervolumeTests
{
    // Search hours and latencies of the poster against the hypervolume that it prints, percent. The latencies have four or five digits, and what counts is
    // their difference.
    [Theory]
    [InlineData(10.06, 0.7664, 31.14, 0.8980, 9.9168)]
    [InlineData(2.14, 1.2537, 6.28, 1.3467, 4.5573)]
    [InlineData(4.62, 6.4972, 19.92, 6.7847, 3.2556)]
    [InlineData(9.47, 1.7305, 32.04, 1.8248, 3.6423)]
    public void The_hypervolume_is_the_posters(double hours, double latency, double baselineHours, double baselineLatency, double printed) =>
        (Math.Abs(Hypervolume.Of(hours, latency, baselineHours, baselineLatency) - printed) / printed).ShouldBeLessThan(0.002);

    [Theory]
    [InlineData(2, 0.5)]
    [InlineData(0.5, 2)]
    [InlineData(2, 2)]
    public void Worse_on_either_axis_dominates_nothing(double seconds, double latency) => Hypervolume.Of(seconds, latency, 1, 1).ShouldBe(0);
}
