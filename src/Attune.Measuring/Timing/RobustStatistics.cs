namespace Attune.Measuring;

/// <summary>Statistics that a few disturbed repeats cannot move.</summary>
public static class RobustStatistics
{
    // The standard deviation of a normal sample is 1.4826 times its median absolute deviation.
    private const double DeviationPerMad = 1.4826;

    // Standard error of a normal sample's median is sqrt(pi/2) times that of its mean; 1.96 of them span 95 %.
    private const double MedianHalfWidth = 1.96 * 1.2533;

    /// <summary>Median; the mean of the middle two for an even count.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values];
        if (sorted.Length == 0)
        {
            throw new ArgumentException("The median of no values is undefined.", nameof(values));
        }

        Array.Sort(sorted);
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>Standard deviation estimated through the median absolute deviation, in the unit of the values.</summary>
    public static double Deviation(IReadOnlyCollection<double> values)
    {
        double median = Median(values);
        return DeviationPerMad * Median(values.Select(value => Math.Abs(value - median)));
    }

    /// <summary>Half width of the median's 95 % interval, in the unit of the values.</summary>
    public static double HalfWidth(IReadOnlyCollection<double> values) => MedianHalfWidth * Deviation(values) / Math.Sqrt(values.Count);
}
