using System.Numerics;
using System.Runtime.InteropServices;

namespace Attune.Learning.Gaussian;

/// <summary>
/// A stationary covariance with one length scale per input (ARD): k(x, x') = s2 c(r), r^2 = sum_k ((x_k - x'_k) / ell_k)^2. Points are given already divided by
/// their length scales. Besides the value there is the slope h(r) = -2 s2 dc/d(r^2), by which every derivative with respect to inputs and length scales is a
/// product: dk/dlog ell_k = h ((x_k - x'_k) / ell_k)^2. For the squared exponential h = k.
/// </summary>
internal static class Covariance
{
    private const double Root5 = 2.23606797749979;

    /// <summary>Rows divided by the length scales.</summary>
    public static double[] Scaled(ReadOnlySpan<double> points, int columns, ReadOnlySpan<double> logLengths)
    {
        var factors = new double[columns];
        for (int k = 0; k < columns; k++)
        {
            factors[k] = Math.Exp(-logLengths[k]);
        }

        var scaled = new double[points.Length];
        for (int i = 0; i < points.Length; i += columns)
        {
            for (int k = 0; k < columns; k++)
            {
                scaled[i + k] = points[i + k] * factors[k];
            }
        }

        return scaled;
    }

    /// <summary>Covariances of every row of a with every row of b, a-rows x b-rows, and the slopes when a place is given for them.</summary>
    public static void Fill(
        CovarianceKind kind, double variance, ReadOnlySpan<double> a, ReadOnlySpan<double> b, int columns, Span<double> values, Span<double> slopes = default)
    {
        int rows = a.Length / Math.Max(1, columns);
        int across = b.Length / Math.Max(1, columns);
        double[] bt = Transposed(b, across, columns);
        for (int i = 0; i < rows; i++)
        {
            Span<double> row = values.Slice(i * across, across);
            row.Clear();
            for (int k = 0; k < columns; k++)
            {
                AddSquaredDifference(row, bt.AsSpan(k * across, across), a[(i * columns) + k]);
            }

            Apply(kind, variance, row, slopes.IsEmpty ? default : slopes.Slice(i * across, across));
        }
    }

    /// <summary>Turns squared distances into covariances in place, and gives the slopes when asked for.</summary>
    private static void Apply(CovarianceKind kind, double variance, Span<double> values, Span<double> slopes)
    {
        Span<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        Span<Vector<double>> vectorSlopes = MemoryMarshal.Cast<double, Vector<double>>(slopes);
        for (int i = 0; i < vectors.Length; i++)
        {
            vectors[i] = Value(kind, variance, vectors[i], out Vector<double> slope);
            if (!slopes.IsEmpty)
            {
                vectorSlopes[i] = slope;
            }
        }

        // The rest goes through the same vector code, so that equal distances have equal covariances wherever they stand.
        int done = vectors.Length * Vector<double>.Count;
        Span<double> rest = stackalloc double[Vector<double>.Count];
        rest.Clear();
        values[done..].CopyTo(rest);
        Vector<double> last = Value(kind, variance, new Vector<double>(rest), out Vector<double> lastSlope);
        for (int j = done; j < values.Length; j++)
        {
            values[j] = last[j - done];
            if (!slopes.IsEmpty)
            {
                slopes[j] = lastSlope[j - done];
            }
        }
    }

    private static Vector<double> Value(CovarianceKind kind, double variance, Vector<double> squared, out Vector<double> slope)
    {
        if (kind == CovarianceKind.SquaredExponential)
        {
            return slope = variance * Vector.Exp(-0.5 * squared);
        }

        Vector<double> r = Root5 * Vector.SquareRoot(squared);
        Vector<double> decay = variance * Vector.Exp(-r);
        slope = 5.0 / 3 * decay * (Vector<double>.One + r);
        return decay * (Vector<double>.One + r + (5.0 / 3 * squared));
    }

    private static void AddSquaredDifference(Span<double> target, ReadOnlySpan<double> source, double value)
    {
        Span<Vector<double>> vt = MemoryMarshal.Cast<double, Vector<double>>(target);
        ReadOnlySpan<Vector<double>> vs = MemoryMarshal.Cast<double, Vector<double>>(source)[..vt.Length];
        var broadcast = new Vector<double>(value);
        for (int i = 0; i < vt.Length; i++)
        {
            Vector<double> difference = vs[i] - broadcast;
            vt[i] += difference * difference;
        }

        for (int j = vt.Length * Vector<double>.Count; j < target.Length; j++)
        {
            double difference = source[j] - value;
            target[j] += difference * difference;
        }
    }

    private static double[] Transposed(ReadOnlySpan<double> points, int rows, int columns)
    {
        var transposed = new double[points.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int k = 0; k < columns; k++)
            {
                transposed[(k * rows) + i] = points[(i * columns) + k];
            }
        }

        return transposed;
    }
}
