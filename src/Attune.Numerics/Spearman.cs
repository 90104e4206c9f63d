namespace Attune.Numerics;

/// <summary>Spearman's rank correlation: Pearson's correlation of average ranks. Pure; costs n log n.</summary>
public static class Spearman
{
    /// <summary>The correlation over the designs that both sides measured.</summary>
    /// <param name="left">One value per design; NaN where there is none.</param>
    /// <param name="right">As many.</param>
    /// <param name="resolution">Rounding before ranking, see <see cref="Ranks.Of"/>.</param>
    /// <returns>-1 to 1, or NaN with fewer than two common designs or when one side is constant on them: a constant device orders nothing.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Of(ReadOnlySpan<double> left, ReadOnlySpan<double> right, double resolution = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(right.Length, left.Length);
        var a = new double[left.Length];
        var b = new double[left.Length];
        int count = 0;
        for (int i = 0; i < left.Length; i++)
        {
            if (!double.IsNaN(left[i]) && !double.IsNaN(right[i]))
            {
                a[count] = left[i];
                b[count++] = right[i];
            }
        }

        return count < 2 ? double.NaN : OfRanks(Ranks.Of(a.AsSpan(0, count), resolution), Ranks.Of(b.AsSpan(0, count), resolution));
    }

    /// <summary>The correlation of ranks that are known already; both have the mean (n + 1) / 2.</summary>
    public static double OfRanks(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        double mean = (left.Length + 1) / 2.0;
        double both = 0;
        double leftSquares = 0;
        double rightSquares = 0;
        for (int i = 0; i < left.Length; i++)
        {
            double a = left[i] - mean;
            double b = right[i] - mean;
            both += a * b;
            leftSquares += a * a;
            rightSquares += b * b;
        }

        double size = Math.Sqrt(leftSquares * rightSquares);
        return size > 0 ? Math.Clamp(both / size, -1, 1) : double.NaN;
    }
}
