using System.Runtime.InteropServices;

namespace Attune.Experiments;

/// <summary>A mean with its 95 % interval by Student's t; the interval of a single value is the value itself, since it says nothing.</summary>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <param name="Count">Values behind it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Interval(double Mean, double Low, double High, int Count)
{
    // Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom; beyond, the normal one is near enough.
    private static readonly double[] Student =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    /// <summary>Describes values.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Interval Of(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0)
        {
            throw new ArgumentException("There are no values to describe.", nameof(values));
        }

        double mean = values.Average();
        if (values.Count == 1)
        {
            return new Interval(mean, mean, mean, 1);
        }

        double half = (values.Count <= Student.Length ? Student[values.Count - 2] : 1.96) * Math.Sqrt(VarianceOf(values) / values.Count);
        return new Interval(mean, mean - half, mean + half, values.Count);
    }

    /// <summary>Sample variance (divisor n - 1); 0 for fewer than two values.</summary>
    public static double VarianceOf(IReadOnlyCollection<double> values)
    {
        double mean = values.Count == 0 ? 0 : values.Average();
        return values.Count < 2 ? 0 : values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
    }
}
