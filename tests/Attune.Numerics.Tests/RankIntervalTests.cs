namespace Attune.Numerics.Tests;

public sealed class RankIntervalTests
{
    [Fact]
    public void The_interval_is_that_of_Bonett_and_Wright()
    {
        // r = 0.8, n = 30: z = atanh 0.8, standard error sqrt(1.32 / 27).
        var interval = RankInterval.Of(0.8, 30);
        double half = 1.959963984540054 * Math.Sqrt(1.32 / 27);
        interval.Low.ShouldBe(Math.Tanh(Math.Atanh(0.8) - half), 1e-12);
        interval.High.ShouldBe(Math.Tanh(Math.Atanh(0.8) + half), 1e-12);
    }

    [Fact]
    public void Three_designs_exclude_nothing() => (RankInterval.Of(1, 3).Low, RankInterval.Of(double.NaN, 50).High).ShouldBe((-1, 1));

    [Theory]
    [InlineData(0.9, 0.138)]
    [InlineData(0.95, 0.097)]
    [InlineData(0.99, 0.043)]
    public void The_share_of_swapped_pairs_is_that_of_normal_scores(double correlation, double share) =>
        RankInterval.Of(correlation, 30).DiscordantShare.ShouldBe(share, 6e-4);
}
