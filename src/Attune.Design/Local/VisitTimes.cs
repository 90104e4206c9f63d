using System.Collections.Immutable;
using Attune.Numerics;

namespace Attune.Design.Local;

/// <summary>Times of one contender.</summary>
/// <param name="MediansMs">Median of the runs of every visit, milliseconds; at least one.</param>
/// <param name="Runs">Timed runs of all visits.</param>
internal sealed record VisitTimes(ImmutableArray<double> MediansMs, int Runs)
{
    /// <summary>The least median: what disturbs a visit only ever adds time.</summary>
    public double Ms => MediansMs.Min();

    /// <summary>A quantile of the medians.</summary>
    public double Quantile(double share) => Quantiles.Of([.. MediansMs.Order()], share);

    /// <summary>Both together.</summary>
    public VisitTimes And(VisitTimes other) => new([.. MediansMs, .. other.MediansMs], Runs + other.Runs);
}
