using Attune.Design.Proxies;

namespace Attune.Design.Tests.Proxies;

public sealed class SingleProxyTests
{
    private static readonly int[] Measured = [0, 2, 3, 5, 7, 8];

    [Fact]
    public void The_device_that_a_line_brings_to_the_target_is_found()
    {
        double[] twin = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        double[] other = [3, 1, 4, 1, 5, 9, 2, 6, 5];
        (double[] predicted, double error) = SingleProxy.Best([other, twin], Measured, [.. Measured.Select(i => (2 * twin[i]) + 0.5)]);
        for (int i = 0; i < twin.Length; i++)
        {
            predicted[i].ShouldBe((2 * twin[i]) + 0.5, 1e-9);
        }

        error.ShouldBeLessThan(1e-9);
    }

    [Fact]
    public void The_error_is_that_of_fits_without_each_design_in_turn()
    {
        var random = new Random(3);
        double[] device = [.. Enumerable.Range(0, 9).Select(_ => 1 + random.NextDouble())];
        double[] y = [.. Measured.Select(i => device[i] + (0.2 * random.NextDouble()))];
        double expected = 0;
        for (int left = 0; left < Measured.Length; left++)
        {
            double[] x = [.. Measured.Where((_, i) => i != left).Select(i => device[i])];
            double[] rest = [.. y.Where((_, i) => i != left)];
            double slope = x.Zip(rest, (a, b) => (a - x.Average()) * (b - rest.Average())).Sum() / x.Sum(a => (a - x.Average()) * (a - x.Average()));
            double error = y[left] - rest.Average() - (slope * (device[Measured[left]] - x.Average()));
            expected += error * error / Measured.Length;
        }

        SingleProxy.Best([device], Measured, y).Error.ShouldBe(expected, 1e-9);
    }

    [Fact]
    public void A_constant_device_predicts_the_mean() =>
        SingleProxy.Best([[2, 2, 2, 2, 2, 2, 2, 2, 2]], Measured, [1, 2, 3, 1, 2, 3]).Predicted.ShouldAllBe(value => Math.Abs(value - 2) < 1e-9);
}
