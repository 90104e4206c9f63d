namespace Attune.Numerics.Tests;

public sealed class QuantilesTests
{
    [Fact]
    public void The_median_is_the_middle_or_the_mean_of_the_middle_two()
    {
        Quantiles.Median([3, 1, 2]).ShouldBe(2);
        Quantiles.Median([4, 1, 3, 2]).ShouldBe(2.5);
        Quantiles.Median([7]).ShouldBe(7);
    }

    [Fact]
    public void The_high_median_is_a_value_of_the_sample()
    {
        Quantiles.MedianHigh([3, 1, 2]).ShouldBe(2);
        Quantiles.MedianHigh([4, 1, 3, 2]).ShouldBe(3);
    }

    [Fact]
    public void Quantiles_lie_between_their_neighbours()
    {
        Quantiles.Of([1, 2, 4], 0).ShouldBe(1);
        Quantiles.Of([1, 2, 4], 0.5).ShouldBe(2);
        Quantiles.Of([1, 2, 4], 0.75).ShouldBe(3, 1e-12);
        Quantiles.Of([1, 2, 4], 1).ShouldBe(4);
    }

    // By the definition: at least that share of the values is at most the result.
    [Theory]
    [InlineData(0, 15)]
    [InlineData(0.05, 15)]
    [InlineData(0.3, 20)]
    [InlineData(0.4, 20)]
    [InlineData(0.5, 35)]
    [InlineData(1, 50)]
    public void The_nearest_rank_is_the_least_value_that_the_share_does_not_exceed(double share, int value) =>
        Quantiles.NearestRank([15, 20, 35, 40, 50], share).ShouldBe(value);

    [Fact]
    public void No_values_and_impossible_shares_are_refused()
    {
        Should.Throw<ArgumentException>(() => Quantiles.Median([]));
        Should.Throw<ArgumentException>(() => Quantiles.MedianHigh([]));
        Should.Throw<ArgumentException>(() => Quantiles.NearestRank(Array.Empty<float>(), 0.5));
        Should.Throw<ArgumentException>(() => Quantiles.Of([1, 2], 1.01));
        Should.Throw<ArgumentException>(() => Quantiles.NearestRank([1, 2], double.NaN));
    }
}
