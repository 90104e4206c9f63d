namespace Attune.Numerics;

/// <summary>
/// Medians and quantiles. <see cref="Of"/> interpolates between neighbours (definition 7 of Hyndman and Fan, The American Statistician 50, 1996) and is the
/// rule for everything that describes a sample. The other two give values that occurred: <see cref="NearestRank{T}"/> for promises ("95 % of the jobs took at
/// most this long"), <see cref="MedianHigh"/> where a scale must be one of the values.
/// </summary>
public static class Quantiles
{
    /// <summary>Median; the mean of the middle two for an even count.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return Of(sorted, 0.5);
    }

    /// <summary>The larger of the middle two for an even count, otherwise the middle one.</summary>
    /// <param name="values">In any order; at least one.</param>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double MedianHigh(IEnumerable<double> values)
    {
        double[] sorted = [.. values];
        RequireValues(sorted.Length);
        Array.Sort(sorted);
        return sorted[sorted.Length / 2];
    }

    /// <summary>A quantile, linear between neighbours.</summary>
    /// <param name="sorted">Ascending; at least one.</param>
    /// <param name="share">0 to 1.</param>
    /// <exception cref="ArgumentException">There are no values, or the share is out of range.</exception>
    public static double Of(ReadOnlySpan<double> sorted, double share)
    {
        RequireValues(sorted.Length);
        RequireShare(share);
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (position - below));
    }

    /// <summary>The smallest value that at least the given share of all values does not exceed.</summary>
    /// <param name="sorted">Ascending; at least one.</param>
    /// <param name="share">0 to 1.</param>
    /// <exception cref="ArgumentException">There are no values, or the share is out of range.</exception>
    public static T NearestRank<T>(IReadOnlyList<T> sorted, double share)
    {
        RequireValues(sorted.Count);
        RequireShare(share);
        return sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];
    }

    private static void RequireValues(int count)
    {
        if (count == 0)
        {
            throw new ArgumentException("No values have no quantiles.");
        }
    }

    private static void RequireShare(double share)
    {
        if (!(share is >= 0 and <= 1))
        {
            throw new ArgumentException($"A share of {share} is not in 0..1.");
        }
    }
}
