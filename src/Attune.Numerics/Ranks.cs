namespace Attune.Numerics;

/// <summary>Ranks with ties: equal values share the mean of the ranks that they take up, counted from 1. Costs n log n. Pure.</summary>
public static class Ranks
{
    /// <summary>Ranks of values.</summary>
    /// <param name="values">Finite values.</param>
    /// <param name="resolution">
    /// Values are rounded to multiples of this first, so that noise below the resolution of the measurement makes no order; 0 rounds nothing. In the values'
    /// unit.
    /// </param>
    /// <exception cref="ArgumentException">A value is not finite, or the resolution is negative.</exception>
    public static double[] Of(ReadOnlySpan<double> values, double resolution = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(resolution);
        var sorted = new double[values.Length];
        var order = new int[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new ArgumentException(
                    $"Value {i} is {values[i]}, which has no rank; leave designs that could not be measured out first.", nameof(values));
            }

            sorted[i] = resolution > 0 ? Math.Round(values[i] / resolution) : values[i];
            order[i] = i;
        }

        Array.Sort(sorted, order);
        var ranks = new double[values.Length];
        for (int first = 0; first < sorted.Length;)
        {
            int last = first;
            while (last + 1 < sorted.Length && sorted[last + 1].Equals(sorted[first]))
            {
                last++;
            }

            for (int i = first; i <= last; i++)
            {
                ranks[order[i]] = ((first + last) / 2.0) + 1;
            }

            first = last + 1;
        }

        return ranks;
    }
}
