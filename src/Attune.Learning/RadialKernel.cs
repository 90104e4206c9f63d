using System.Numerics;
using Attune.Numerics;

namespace Attune.Learning;

/// <summary>
/// The Gaussian kernel k(u, v) = exp(-|u - v|^2 / (2 s^2)) with the median heuristic 2 s^2 = median of the squared distances. It stands where the BTED paper
/// prints "Euclidean distance matrix", which is not positive semi-definite and makes the design pick one point for ever.
/// </summary>
public static class RadialKernel
{
    /// <summary>The symmetric kernel matrix over all rows, row-major, rows x rows. All ones when the rows do not differ.</summary>
    public static double[] Matrix(FeatureTable scores)
    {
        int n = scores.Rows;
        var matrix = new double[n * n];
        var distances = new double[n * (n - 1) / 2];
        int next = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double distance = SquaredDistance(scores.Row(i), scores.Row(j));
                matrix[(i * n) + j] = distance;
                distances[next++] = distance;
            }
        }

        double width = distances.Length == 0 ? 0 : Quantiles.MedianHigh(distances);
        double scale = width > 0 ? -1 / width : -1;
        for (int i = 0; i < n; i++)
        {
            matrix[(i * n) + i] = 1;
            for (int j = 0; j < i; j++)
            {
                double value = Math.Exp(scale * matrix[(i * n) + j]);
                matrix[(i * n) + j] = value;
                matrix[(j * n) + i] = value;
            }
        }

        return matrix;
    }

    private static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sums = Vector<float>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> difference = new Vector<float>(a[i..]) - new Vector<float>(b[i..]);
            sums += difference * difference;
        }

        float sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
        {
            float difference = a[i] - b[i];
            sum += difference * difference;
        }

        return sum;
    }
}
