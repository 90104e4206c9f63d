using Attune.Measuring.Bench;

namespace Attune.Measuring.Tests.Bench;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class DistributionTests
{
    [Fact]
    public void A_mean_far_above_the_median_is_a_disturbed_series()
    {
        // Median 1, mean 2: one run in ten was held up.
        double[] disturbed = [.. Enumerable.Repeat(1.0, 9), 11.0];
        Distribution.Of(disturbed).IsDisturbed.ShouldBeTrue();
        Distribution.Of([1.0, 1.1, 0.9, 1.05, 1.2]).IsDisturbed.ShouldBeFalse();
    }

    [Fact]
    public void A_distribution_is_described()
    {
        // 1..101: mean and median 51, sample variance n(n+1)/12 = 858.5, quantile q at 1 + 100 q.
        var distribution = Distribution.Of([.. Enumerable.Range(1, 101).Reverse().Select(i => (double)i)]);
        distribution.Mean.ShouldBe(51, 1e-12);
        distribution.Variance.ShouldBe(858.5, 1e-9);
        distribution.Median.ShouldBe(51);
        distribution.P95.ShouldBe(96, 1e-9);
        distribution.P99.ShouldBe(100, 1e-9);
        distribution.Minimum.ShouldBe(1);
    }

    [Fact]
    public void One_run_has_no_variance() => Distribution.Of([3.0]).ShouldBe(new Distribution(3, 0, 3, 3, 3, 3));

    [Fact]
    public void Nothing_has_no_distribution() => Should.Throw<ArgumentException>(() => Distribution.Of([]));

    [Fact]
    public void A_constant_ratio_has_no_spread() => Ratio.Of([1, 2, 4], [2, 4, 8]).ShouldBe(new Ratio(2, 2, 2));

    [Fact]
    public void Drift_that_hits_both_sides_cancels()
    {
        double[] ours = [.. Enumerable.Range(0, 20).Select(i => 1 + (i * 0.1))];
        double[] peer = [.. ours.Select(time => time * 1.5)];
        var ratio = Ratio.Of(ours, peer);
        ratio.Median.ShouldBe(1.5, 1e-12);
        (ratio.High - ratio.Low).ShouldBeLessThan(1e-9);
    }

    [Fact]
    public void The_interval_holds_the_median_and_is_repeatable()
    {
        var random = new Random(3);
        double[] ours = [.. Enumerable.Range(0, 24).Select(_ => 1 + random.NextDouble())];
        double[] peer = [.. Enumerable.Range(0, 24).Select(_ => 2 + random.NextDouble())];
        var ratio = Ratio.Of(ours, peer);
        ratio.Low.ShouldBeLessThan(ratio.Median);
        ratio.High.ShouldBeGreaterThan(ratio.Median);
        Ratio.Of(ours, peer).ShouldBe(ratio);
    }
}
