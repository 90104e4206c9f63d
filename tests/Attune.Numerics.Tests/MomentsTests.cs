namespace Attune.Numerics.Tests;

public sealed class MomentsTests
{
    // Mean 5, squares of the differences 32.
    private static readonly double[] Sample = [2, 4, 4, 4, 5, 5, 7, 9];

    [Fact]
    public void A_sample_divides_by_one_less_than_its_count_and_a_population_by_its_count()
    {
        Moments.Variance(Sample).ShouldBe(32.0 / 7, 1e-12);
        Moments.Deviation(Sample).ShouldBe(Math.Sqrt(32.0 / 7), 1e-12);
        Moments.PopulationDeviation(Sample).ShouldBe(2, 1e-12);
    }

    [Fact]
    public void One_value_has_no_spread()
    {
        Moments.Variance([3]).ShouldBe(0);
        Moments.Deviation([]).ShouldBe(0);
        Moments.PopulationDeviation([]).ShouldBe(0);
    }

    [Fact]
    public void The_geometric_mean_of_a_number_and_its_reciprocal_is_one()
    {
        Moments.GeometricMean([4, 0.25]).ShouldBe(1, 1e-12);
        Moments.GeometricMean([1, 10, 100]).ShouldBe(10, 1e-12);
    }
}
