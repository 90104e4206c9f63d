
namespace Attune.Numerics.Tests;

public sealed class SpearmanTests
{
    [Fact]
    public void Equal_values_share_the_mean_of_their_ranks() => Ranks.Of([3, 1, 3, 2]).ShouldBe([3.5, 1, 3.5, 2]);

    [Fact]
    public void Noise_below_the_resolution_makes_no_order() => Ranks.Of([1.0000001, 1.0000003, 2], 1e-6).ShouldBe([1.5, 1.5, 3]);

    [Fact]
    public void A_textbook_example_with_ties()
    {
        // Ranks 1, 2.5, 2.5, 4 against 1, 3, 2, 4: covariance 4.5, variances 4.5 and 5.
        Spearman.Of([10, 20, 20, 30], [1, 3, 2, 4]).ShouldBe(4.5 / Math.Sqrt(4.5 * 5), 1e-12);
    }

    [Fact]
    public void Increasing_functions_change_nothing()
    {
        double[] x = [4, 8, 15, 16, 23, 42];
        Spearman.Of(x, [.. x.Select(value => Math.Log(value))]).ShouldBe(1, 1e-12);
        Spearman.Of(x, [.. x.Select(value => -value * value * value)]).ShouldBe(-1, 1e-12);
    }

    [Fact]
    public void Designs_that_one_side_lacks_are_left_out() =>
        Spearman.Of([1, double.NaN, 2, 3], [1, 0, double.NaN, 3]).ShouldBe(1);

    [Fact]
    public void A_constant_device_orders_nothing()
    {
        Spearman.Of([1, 1, 1], [1, 2, 3]).ShouldBe(double.NaN);
        Spearman.Of([1], [1]).ShouldBe(double.NaN);
    }
}
