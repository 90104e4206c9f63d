using System.Collections.Immutable;
using Attune.Design.Search;
using Attune.Numerics;

namespace Attune.Design.Flow;

/// <summary>What is known about latencies on a target, and how well.</summary>
/// <param name="Device">The target.</param>
/// <param name="Origin">Where the predictions come from, in words.</param>
/// <param name="Latency">Milliseconds of a design.</param>
/// <param name="Samples">Measured designs it was fitted to.</param>
/// <param name="Unseen">
/// Rank correlation of predictions for measured designs that the fit had not seen, by cross-validation; null when there were too few.
/// </param>
/// <param name="RelativeError">Mean relative error on those; NaN when there were too few.</param>
/// <param name="Proxies">Proxies with their weights, the heaviest first; empty for a model of the target's own units.</param>
public sealed record TargetModel(
    DeviceKey Device,
    string Origin,
    IDesignModel Latency,
    int Samples,
    RankInterval? Unseen,
    double RelativeError,
    ImmutableArray<(DeviceKey Device, double Weight)> Proxies)
{
    /// <summary>
    /// Groups of units that differ most on the target: how much longer they take there than the heaviest proxy and the common ratio of speeds say; empty
    /// without proxies.
    /// </summary>
    public ImmutableArray<(string Group, double Factor)> Differences { get; init; } = [];
}
