namespace Attune.Numerics.Tests;

public sealed class MeanIntervalTests
{
    [Fact]
    public void The_interval_is_Students()
    {
        // Mean 2, deviation 1; the quantile of two degrees of freedom has a closed form, (2p - 1) / sqrt(2p (1 - p)) at p = 0.975, which is 4.3027.
        double half = 0.95 / Math.Sqrt(2 * 0.975 * 0.025) / Math.Sqrt(3);
        var interval = MeanInterval.Of([1, 2, 3]);
        interval.Mean.ShouldBe(2);
        interval.Low.ShouldBe(2 - half, 1e-9);
        interval.High.ShouldBe(2 + half, 1e-9);
        interval.Count.ShouldBe(3);
    }

    // Published tables of the quantile at 0.975 (for example NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2), three digits behind the point.
    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(2, 4.303)]
    [InlineData(3, 3.182)]
    [InlineData(5, 2.571)]
    [InlineData(10, 2.228)]
    [InlineData(20, 2.086)]
    [InlineData(29, 2.045)]
    [InlineData(30, 2.042)]
    [InlineData(31, 2.040)]
    [InlineData(40, 2.021)]
    [InlineData(60, 2.000)]
    [InlineData(100, 1.984)]
    [InlineData(120, 1.980)]
    [InlineData(1000, 1.962)]
    [InlineData(10_000_000, 1.960)]
    public void The_factor_is_that_of_the_tables(int degrees, double published) => StudentT.Factor95(degrees).ShouldBe(published, 0.00051);

    [Fact]
    public void The_factor_only_falls_and_has_no_step()
    {
        for (int degrees = 1; degrees < 1500; degrees++)
        {
            double fall = StudentT.Factor95(degrees) - StudentT.Factor95(degrees + 1);
            fall.ShouldBeGreaterThan(0, $"{degrees}");

            // The leading term of the expansion falls by (x^3 + x) / 4 / n^2 with x = 1.96: 2.4 / n^2.
            (fall * degrees * degrees).ShouldBeLessThan(9, $"{degrees}");
        }

        Should.Throw<ArgumentOutOfRangeException>(() => StudentT.Factor95(0));
    }

    [Theory]
    [InlineData(31, 2.042)]
    [InlineData(41, 2.021)]
    public void The_interval_of_many_values_has_the_factor_of_one_less(int count, double published)
    {
        double[] values = [.. Enumerable.Range(0, count).Select(i => (double)(i % 2))];
        var interval = MeanInterval.Of(values);
        double error = Math.Sqrt(Moments.Variance(values) / count);
        ((interval.High - interval.Mean) / error).ShouldBe(published, 0.00051);
    }

    [Fact]
    public void One_value_is_its_own_interval_and_none_is_refused()
    {
        MeanInterval.Of([7]).ShouldBe(new MeanInterval(7, 7, 7, 1));
        Should.Throw<ArgumentException>(() => MeanInterval.Of([]));
    }
}
