using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Numerics;

namespace Attune.Design.Proxies;

/// <summary>
/// All devices whose latencies are known for a family of designs. Assesses how well each of them orders the designs that a target has measured, and decides:
/// from 0.97 the proxy's front is the target's, from 0.9 its first three layers hold it, from 0.7 it must be adapted, below it must not be used. The limits
/// come from 306 pairs of measured devices. A target that was measured joins the pool as a proxy. Immutable.
/// </summary>
/// <param name="Proxies">The devices, over the same designs.</param>
public sealed record ProxyPool(ImmutableArray<DeviceColumn> Proxies)
{
    /// <summary>Rank correlation from which a proxy's front is used as it is.</summary>
    public const double AcceptFrom = 0.97;

    /// <summary>Rank correlation from which a proxy's first three layers are used.</summary>
    public const double LayersFrom = 0.9;

    /// <summary>Rank correlation from which a proxy is worth adapting alone.</summary>
    public const double AdaptFrom = 0.7;

    /// <summary>Designs of a first test: with fewer, a proxy of 0.8 passes for one of 0.9 too often.</summary>
    public const int UsualSamples = 30;

    /// <summary>Designs to add when the estimate lies near the limit.</summary>
    public const int ExtraSamples = 20;

    private const int MinSamples = 8;
    private const double NearLow = 0.85;
    private const double NearHigh = 0.95;

    /// <summary>Assesses the proxies for a target.</summary>
    /// <param name="target">Its latencies, milliseconds; NaN for designs that were not measured.</param>
    /// <param name="unsupported">Designs that were tried on the target and did not run.</param>
    /// <param name="band">Latencies that matter to the user; null for all.</param>
    /// <param name="resolution">Resolution of the measurement, milliseconds.</param>
    public ProxyDecision Assess(DeviceColumn target, int unsupported = 0, LatencyBand? band = null, double resolution = 1e-6)
    {
        int samples = target.Measured;
        ImmutableArray<ProxyRank> ranks =
        [
            .. Proxies.Where(proxy => proxy.Name != target.Name)
                .Select(proxy => RankOf(proxy, target, band, resolution))
                .Where(rank => !double.IsNaN(rank.Overall.Estimate))
                .OrderByDescending(rank => rank.Overall.Estimate),
        ];
        if (samples < MinSamples || ranks.IsEmpty)
        {
            string why = samples >= MinSamples
                ? target.IsConstant
                    ? "all measured latencies of the target are equal, so they order nothing"
                    : "no proxy has latencies of the designs that were measured"
                : $"{samples} designs ran on the target, at least {MinSamples} are needed and {UsualSamples} recommended";
            return new ProxyDecision(
                ProxyAction.MeasureMore, ranks, samples, unsupported, [why])
            { MoreSamples = Math.Max(UsualSamples - samples, MinSamples) };
        }

        ProxyRank best = ranks[0];
        double estimate = best.Overall.Estimate;
        ProxyAction action = ActionFor(estimate);
        var reasons = ImmutableArray.CreateBuilder<string>();
        reasons.Add(Decisive(best, action));
        if (best.InBand is { } inBand && inBand.Estimate < AdaptFrom && action is ProxyAction.Accept or ProxyAction.AcceptWithLayers)
        {
            action = ProxyAction.AcceptWithLayers;
            reasons.Add($"in the band that matters the rank correlation is only {inBand}, so the first three layers are to be measured, not the front alone");
        }

        if (unsupported > 0)
        {
            reasons.Add(
                $"{unsupported} of {samples + unsupported} designs do not run on the target; a proxy does not know which, so every answer must be measured");
        }

        int more = 0;
        if (samples < UsualSamples + ExtraSamples && estimate is >= NearLow and < NearHigh)
        {
            more = samples < UsualSamples ? UsualSamples - samples : ExtraSamples;
            reasons.Add(
                $"the estimate is near the limit of {LayersFrom}: {more} more designs would make its interval {Narrowing(best.Overall, more):0} % narrower");
        }

        return new ProxyDecision(action, ranks, samples, unsupported, reasons.ToImmutable()) { MoreSamples = more };
    }

    /// <summary>What a rank correlation asks for.</summary>
    public static ProxyAction ActionFor(double correlation) => correlation switch
    {
        >= AcceptFrom => ProxyAction.Accept,
        >= LayersFrom => ProxyAction.AcceptWithLayers,
        >= AdaptFrom => ProxyAction.Adapt,
        _ => ProxyAction.DoNotUse,
    };

    /// <summary>By how many percent more designs narrow an interval.</summary>
    public static double Narrowing(RankInterval interval, int more)
    {
        var wider = RankInterval.Of(interval.Estimate, interval.Count + more);
        return 100 * (1 - ((wider.High - wider.Low) / (interval.High - interval.Low)));
    }

    private static string Decisive(ProxyRank best, ProxyAction action)
    {
        string fact = $"{best.Proxy} orders the designs best, rank correlation {best.Overall} over {best.Overall.Count} designs";
        string wrong = $"about {best.Overall.DiscordantShare * 100:0} % of all pairs are ordered the other way";
        return action switch
        {
            ProxyAction.Accept => $"{fact}: its front is the target's",
            ProxyAction.AcceptWithLayers => $"{fact}: {wrong}, so its first three layers are measured instead of its front alone",
            ProxyAction.Adapt => $"{fact}: {wrong}, below the limit of {LayersFrom}, so its predictions are adapted with about 50 measurements",
            _ => $"{fact}: {wrong}, below the limit of {AdaptFrom}, so its front says little about the target",
        };
    }

    private static ProxyRank RankOf(DeviceColumn proxy, DeviceColumn target, LatencyBand? band, double resolution)
    {
        RankInterval? inBand = null;
        if (band is { } limits)
        {
            double[] inside = [.. target.Values.Select(value => limits.Holds(value) ? value : double.NaN)];
            var interval = RankInterval.Of(proxy.Values, inside, resolution);
            inBand = interval.Count >= 4 && !double.IsNaN(interval.Estimate) ? interval : null;
        }

        return new ProxyRank(
            proxy.Name, RankInterval.Of(proxy.Values, target.Values, resolution), inBand, PairExcess.Quantile(proxy.Values, target.Values, 0.95));
    }
}
