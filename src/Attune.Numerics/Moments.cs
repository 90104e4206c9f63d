namespace Attune.Numerics;

/// <summary>Means and spreads of samples. Pure.</summary>
public static class Moments
{
    /// <summary>Variance of what the sample was drawn from (divisor n - 1); 0 for fewer than two values.</summary>
    public static double Variance(IReadOnlyCollection<double> sample) => sample.Count < 2 ? 0 : Squares(sample) / (sample.Count - 1);

    /// <summary>Standard deviation of what the sample was drawn from (divisor n - 1), in the unit of the values; 0 for fewer than two values.</summary>
    public static double Deviation(IReadOnlyCollection<double> sample) => Math.Sqrt(Variance(sample));

    /// <summary>Standard deviation of the values themselves (divisor n), in their unit; 0 without values.</summary>
    public static double PopulationDeviation(IReadOnlyCollection<double> values) => values.Count == 0 ? 0 : Math.Sqrt(Squares(values) / values.Count);

    /// <summary>Geometric mean.</summary>
    /// <param name="values">Above 0; at least one.</param>
    /// <exception cref="InvalidOperationException">There are no values.</exception>
    public static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Average(value => Math.Log(value)));

    private static double Squares(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean));
    }
}
