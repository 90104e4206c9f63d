namespace Attune.Numerics.Tests;

public sealed class NormalDistributionTests
{
    // Published tables (Abramowitz and Stegun, table 26.1), 15 digits.
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.841344746068543)]
    [InlineData(-1, 0.158655253931457)]
    [InlineData(2, 0.977249868051821)]
    [InlineData(-3, 0.00134989803163)]
    public void Probabilities_are_those_of_the_tables(double u, double probability) => NormalDistribution.Cumulative(u).ShouldBe(probability, 1e-14);

    [Fact]
    public void The_quantiles_are_where_the_probabilities_are()
    {
        NormalDistribution.Cumulative(NormalDistribution.Quantile95).ShouldBe(0.95, 1e-14);
        NormalDistribution.Cumulative(NormalDistribution.Quantile975).ShouldBe(0.975, 1e-14);
        NormalDistribution.Cumulative(8).ShouldBe(1);
        NormalDistribution.Cumulative(-8).ShouldBe(0);
    }

    [Fact]
    public void The_density_at_0_is_that_of_the_definition() => Math.Exp(NormalDistribution.LogDensity(0)).ShouldBe(1 / Math.Sqrt(2 * Math.PI), 1e-15);

    [Fact]
    public void Draws_have_mean_0_and_deviation_1_and_follow_the_distribution()
    {
        var values = new double[20_000];
        NormalDistribution.Fill(new Random(5), values);
        values.Average().ShouldBe(0, 0.03);
        Moments.Deviation(values).ShouldBe(1, 0.03);
        ((double)values.Count(value => value < NormalDistribution.Quantile95)).ShouldBe(19_000, 150);
    }
}
