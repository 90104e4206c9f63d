using Attune.Numerics;

namespace Attune.Design.Proxies;

/// <summary>
/// How wrong a proxy is where it is wrong: over pairs of designs, by how much the one that the proxy holds for the faster is slower on the target. Transferring
/// a front costs at most this share of the budget. Pure.
/// </summary>
public static class PairExcess
{
    private const int MaxDesigns = 400;

    /// <summary>A quantile over all pairs of designs that both know.</summary>
    /// <param name="proxy">The proxy's latencies.</param>
    /// <param name="target">The target's.</param>
    /// <param name="quantile">0 to 1.</param>
    /// <returns>0 when the pair is ordered alike; 0.1 when the design that should be faster is 10 % slower; NaN without pairs.</returns>
    public static double Quantile(ReadOnlySpan<double> proxy, ReadOnlySpan<double> target, double quantile)
    {
        var common = new List<(double Proxy, double Target)>();
        for (int i = 0; i < proxy.Length; i++)
        {
            if (!double.IsNaN(proxy[i]) && !double.IsNaN(target[i]))
            {
                common.Add((proxy[i], target[i]));
            }
        }

        // Pairs grow with the square; evenly spaced designs say the same.
        int step = Math.Max(1, common.Count / MaxDesigns);
        var excess = new List<double>();
        for (int i = 0; i < common.Count; i += step)
        {
            for (int j = i + step; j < common.Count; j += step)
            {
                if (!common[i].Proxy.Equals(common[j].Proxy))
                {
                    (double faster, double slower) = common[i].Proxy < common[j].Proxy
                        ? (common[i].Target, common[j].Target)
                        : (common[j].Target, common[i].Target);
                    excess.Add(Math.Max(0, (faster / slower) - 1));
                }
            }
        }

        return excess.Count == 0 ? double.NaN : Quantiles.Of([.. excess.Order()], quantile);
    }
}
