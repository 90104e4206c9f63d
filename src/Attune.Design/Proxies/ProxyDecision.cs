using System.Collections.Immutable;

namespace Attune.Design.Proxies;

/// <summary>What the measurements of a target say about the proxies.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Proxies">All proxies, the best first.</param>
/// <param name="Samples">Designs that ran on the target.</param>
/// <param name="Unsupported">Designs that did not.</param>
/// <param name="Reasons">Why, one sentence each, the decisive one first.</param>
public sealed record ProxyDecision(ProxyAction Action, ImmutableArray<ProxyRank> Proxies, int Samples, int Unsupported, ImmutableArray<string> Reasons)
{
    /// <summary>The best proxy; null when no proxy shares designs with the target.</summary>
    public ProxyRank? Best => Proxies.IsEmpty ? null : Proxies[0];

    /// <summary>More designs that would probably settle the decision: 0 when it is settled.</summary>
    public int MoreSamples { get; init; }
}
