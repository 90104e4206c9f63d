namespace Attune.Numerics.Tests;

public sealed class BootstrapBandTests
{
    [Fact]
    public void A_band_holds_the_mean_and_narrows_with_the_values()
    {
        double[] values = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? 0.4 : 0.6)];
        (double low, double high) = BootstrapBand.OfMean([values]);

        // Standard error of the mean: 0.1 / sqrt(40) = 0.0158; the band reaches 1.96 of them to each side.
        low.ShouldBe(0.5 - (1.96 * 0.0158), 0.006);
        high.ShouldBe(0.5 + (1.96 * 0.0158), 0.006);
        BootstrapBand.OfMean([[0.3, 0.3], [0.5]]).ShouldSatisfyAllConditions(band => band.Low.ShouldBe(0.4, 1e-12), band => band.High.ShouldBe(0.4, 1e-12));
    }
}
