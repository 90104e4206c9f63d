using Attune.Design.Data;
using Attune.Design.Proxies;
using Attune.Numerics;

namespace Attune.Design.Tests.Proxies;

public sealed class ProxyPoolTests
{
    private static readonly double[] Times = [.. Enumerable.Range(1, 40).Select(i => (double)i)];

    [Fact]
    public void The_best_proxy_comes_first_and_a_target_is_no_proxy_of_itself()
    {
        var pool = new ProxyPool([new DeviceColumn("opposite", [.. Times.Reverse()]), new DeviceColumn("same", Times), new DeviceColumn("target", Times)]);
        ProxyDecision decision = pool.Assess(new DeviceColumn("target", Times));
        decision.Action.ShouldBe(ProxyAction.Accept);
        decision.Proxies.Select(rank => rank.Proxy).ShouldBe(["same", "opposite"]);
        decision.Best!.Excess95.ShouldBe(0);
        decision.MoreSamples.ShouldBe(0);
    }

    [Fact]
    public void An_opposite_proxy_is_refused_with_the_share_of_swapped_pairs()
    {
        ProxyDecision decision = new ProxyPool([new DeviceColumn("opposite", [.. Times.Reverse()])]).Assess(new DeviceColumn("target", Times));
        decision.Action.ShouldBe(ProxyAction.DoNotUse);
        decision.Reasons[0].ShouldContain("100 % of all pairs");
    }

    [Theory]
    [InlineData(0.97, ProxyAction.Accept)]
    [InlineData(0.9699, ProxyAction.AcceptWithLayers)]
    [InlineData(0.9, ProxyAction.AcceptWithLayers)]
    [InlineData(0.8999, ProxyAction.Adapt)]
    [InlineData(0.7, ProxyAction.Adapt)]
    [InlineData(0.6999, ProxyAction.DoNotUse)]
    [InlineData(-1, ProxyAction.DoNotUse)]
    public void The_limits_are_those_of_the_rule(double correlation, ProxyAction action) => ProxyPool.ActionFor(correlation).ShouldBe(action);

    [Fact]
    public void Few_designs_decide_nothing()
    {
        double[] few = [.. Times.Select((time, i) => i < 5 ? time : double.NaN)];
        ProxyDecision decision = new ProxyPool([new DeviceColumn("p", Times)]).Assess(new DeviceColumn("t", few));
        decision.Action.ShouldBe(ProxyAction.MeasureMore);
        decision.MoreSamples.ShouldBe(25);
        decision.Reasons[0].ShouldContain("5 designs ran");
    }

    [Fact]
    public void A_constant_target_decides_nothing() =>
        new ProxyPool([new DeviceColumn("p", Times)]).Assess(new DeviceColumn("t", [.. Times.Select(_ => 1.0)])).Reasons[0].ShouldContain("equal");

    [Fact]
    public void Disorder_inside_the_band_that_matters_asks_for_layers()
    {
        // Perfect between thirds, reversed inside the middle third.
        double[] target = [.. Times.Select(time => time is > 17 and <= 24 ? 42 - time : time)];
        var pool = new ProxyPool([new DeviceColumn("p", Times)]);
        pool.Assess(new DeviceColumn("t", target)).Action.ShouldBe(ProxyAction.Accept);
        ProxyDecision inBand = pool.Assess(new DeviceColumn("t", target), band: new LatencyBand(18, 24));
        inBand.Action.ShouldBe(ProxyAction.AcceptWithLayers);
        inBand.Best!.InBand!.Value.Estimate.ShouldBe(-1, 1e-9);
    }

    [Fact]
    public void Unsupported_designs_are_counted_and_said() =>
        new ProxyPool([new DeviceColumn("p", Times)]).Assess(
            new DeviceColumn("t", Times), unsupported: 7).Reasons.ShouldContain(reason => reason.Contains("7 of 47"));

    [Fact]
    public void Near_the_limit_more_designs_are_asked_for()
    {
        var random = new Random(3);
        double[] target = [.. Times.Select(time => time + (random.NextDouble() * 16))];
        ProxyDecision decision = new ProxyPool([new DeviceColumn("p", Times)]).Assess(new DeviceColumn("t", target));
        decision.Best!.Overall.Estimate.ShouldBeInRange(0.85, 0.95);
        decision.MoreSamples.ShouldBe(ProxyPool.ExtraSamples);
    }

    [Fact]
    public void The_excess_is_how_much_slower_the_presumed_faster_is() =>
        // One pair, ordered wrongly: the proxy's faster design takes 12 instead of 10.
        PairExcess.Quantile([1, 2], [12, 10], 0.95).ShouldBe(0.2, 1e-12);

    [Fact]
    public void More_designs_make_an_interval_narrower() => ProxyPool.Narrowing(RankInterval.Of(0.9, 30), 20).ShouldBeInRange(20, 30);
}
