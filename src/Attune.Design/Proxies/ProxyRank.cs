using Attune.Numerics;

namespace Attune.Design.Proxies;

/// <summary>How well one proxy orders the target's designs.</summary>
/// <param name="Proxy">Its name.</param>
/// <param name="Overall">Rank correlation over all designs of the sample.</param>
/// <param name="InBand">Over the designs whose latency on the target lies in the user's band; null without a band or with fewer than 4 designs in it.</param>
/// <param name="Excess95">
/// The 0.95-quantile, over pairs, of how much slower than the second the design may be that the proxy holds for the faster: 0.1 is 10 %.
/// </param>
public sealed record ProxyRank(string Proxy, RankInterval Overall, RankInterval? InBand, double Excess95);
