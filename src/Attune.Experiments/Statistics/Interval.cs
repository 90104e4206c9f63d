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

        double half = StudentT.Factor95(values.Count - 1) * Math.Sqrt(VarianceOf(values) / values.Count);
        return new Interval(mean, mean - half, mean + half, values.Count);
    }

    /// <summary>Sample variance (divisor n - 1); 0 for fewer than two values.</summary>
    public static double VarianceOf(IReadOnlyCollection<double> values)
    {
        double mean = values.Count == 0 ? 0 : values.Average();
        return values.Count < 2 ? 0 : values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
    }
}
