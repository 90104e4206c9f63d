using System.Runtime.InteropServices;

namespace Attune.Numerics;

/// <summary>A mean with its 95 % interval by Student's t; the interval of a single value is the value itself, since it says nothing.</summary>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <param name="Count">Values behind it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MeanInterval(double Mean, double Low, double High, int Count)
{
    /// <summary>Describes values.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static MeanInterval Of(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0)
        {
            throw new ArgumentException("There are no values to describe.", nameof(values));
        }

        double mean = values.Average();
        if (values.Count == 1)
        {
            return new MeanInterval(mean, mean, mean, 1);
        }

        double half = StudentT.Factor95(values.Count - 1) * Math.Sqrt(Moments.Variance(values) / values.Count);
        return new MeanInterval(mean, mean - half, mean + half, values.Count);
    }
}
