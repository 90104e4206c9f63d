namespace Attune.Numerics.Tests;

public sealed class PairedTestTests
{
    [Fact]
    public void Few_differences_are_counted_exactly()
    {
        // Five differences of one sign: only all plus and all minus are as extreme, 2 of 32.
        PairedTest.SignFlip([1, 2, 3, 4, 5]).ShouldBe(2.0 / 32);
        PairedTest.SignFlip([1, 2, 3, 4, 5, 0, 0]).ShouldBe(2.0 / 32);

        // |sum| = 2 of {1, 1, ...}: patterns of 3 signs have sums 3, 1, -1, -3; |1| or more is every one of them.
        PairedTest.SignFlip([1, 1, -1]).ShouldBe(1);
        PairedTest.SignFlip([]).ShouldBe(1);
        PairedTest.SignFlip([0, 0]).ShouldBe(1);
    }

    [Fact]
    public void Many_differences_follow_the_normal_law()
    {
        // 400 differences of size 1, 220 positive: the sum 40 is 2 standard deviations of 20; with the steps of 2 counted half, p = P(|Z| > 39 / 20) = 0.051.
        double[] differences = [.. Enumerable.Range(0, 400).Select(i => i < 220 ? 1.0 : -1.0)];
        PairedTest.SignFlip(differences).ShouldBe(0.051, 0.006);
        PairedTest.SignFlip(differences.Select(difference => -difference)).ShouldBe(0.051, 0.006);
        PairedTest.SignFlip(Enumerable.Repeat(0.5, 60)).ShouldBeLessThan(0.0001);
    }

    [Fact]
    public void Holm_steps_down_and_never_falls()
    {
        // 0.01 * 4, 0.02 * 3, then max(0.06, 0.03 * 2), then max(0.06, 0.5).
        double[] adjusted = PairedTest.Holm([0.02, 0.5, 0.01, 0.03]);
        adjusted[2].ShouldBe(0.04, 1e-12);
        adjusted[0].ShouldBe(0.06, 1e-12);
        adjusted[3].ShouldBe(0.06, 1e-12);
        adjusted[1].ShouldBe(0.5, 1e-12);
        PairedTest.Holm([0.9, 0.8]).ShouldBe([1, 1]);
    }
}
