using System.Collections.Immutable;

namespace Attune.Design.Local;

/// <summary>Times of one contender.</summary>
/// <param name="MediansMs">Median of the runs of every visit, milliseconds; at least one.</param>
/// <param name="Runs">Timed runs of all visits.</param>
internal sealed record VisitTimes(ImmutableArray<double> MediansMs, int Runs)
{
    /// <summary>The least median: what disturbs a visit only ever adds time.</summary>
    public double Ms => MediansMs.Min();

    /// <summary>A quantile of the medians.</summary>
    public double Quantile(double share)
    {
        double[] sorted = [.. MediansMs.Order()];
        return sorted[(int)Math.Round(share * (sorted.Length - 1))];
    }

    /// <summary>Both together.</summary>
    public VisitTimes And(VisitTimes other) => new([.. MediansMs, .. other.MediansMs], Runs + other.Runs);
}
