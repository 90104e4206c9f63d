namespace Attune.Numerics;

/// <summary>Statistics that a few disturbed repeats cannot move.</summary>
public static class RobustStatistics
{
    // The standard deviation of a normal sample is 1.4826 times its median absolute deviation.
    private const double DeviationPerMad = 1.4826;

    // Standard error of a normal sample's median is sqrt(pi/2) times that of its mean.
    private const double MedianPerMean = 1.2533;

    /// <summary>Standard deviation estimated through the median absolute deviation, in the unit of the values.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Deviation(IReadOnlyCollection<double> values)
    {
        double median = Quantiles.Median(values);
        return DeviationPerMad * Quantiles.Median(values.Select(value => Math.Abs(value - median)));
    }

    /// <summary>
    /// Half width of the median's 95 % interval, in the unit of the values. The deviation is an estimate from as few values as the median, so Student's factor
    /// counts: 4.30 standard errors for three values, 1.96 only for very many.
    /// </summary>
    /// <exception cref="ArgumentException">There are fewer than two values, which say nothing of their spread.</exception>
    public static double HalfWidth(IReadOnlyCollection<double> values) =>
        StudentT.Factor95(values.Count - 1) * MedianPerMean * Deviation(values) / Math.Sqrt(values.Count);
}
