namespace Attune.Bench.Searchers;

/// <summary>Statistics of a few numbers.</summary>
internal static class Sample
{
    /// <summary>Median.</summary>
    public static double Median(IReadOnlyCollection<double> values) => Quantile([.. values.Order()], 0.5);

    /// <summary>Sample standard deviation (divisor n - 1); 0 for one number.</summary>
    public static double Deviation(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        return values.Count < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }

    /// <summary>Quantile of an ascending series, linear between neighbours.</summary>
    public static double Quantile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (position - below));
    }
}
