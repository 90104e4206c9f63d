using System.Numerics;

namespace Attune.Learning;

/// <summary>
/// Transductive experimental design (Yu, Bi and Tresp, ICML 2006): greedily picks the points that, once measured, reduce the predictive variance of kernel
/// ridge regression over all points most. Step: x = argmax |K_v|^2 / (k(v, v) + mu), then K - K_x K_x^T / (k(x, x) + mu). The deflated matrix is never formed:
/// squared column norms and the diagonal are updated instead, so a step costs O(M^2 + M t) and the matrix is only read. Pure; ties go to the lower index.
/// </summary>
public static class TransductiveDesign
{
    /// <summary>Picks points.</summary>
    /// <param name="kernel">Symmetric positive semi-definite matrix, row-major, <paramref name="points"/> squared entries.</param>
    /// <param name="points">Number of points M.</param>
    /// <param name="picks">How many to pick; all when larger than M.</param>
    /// <param name="ridge">The ridge mu, above 0; the paper's is 0.1.</param>
    /// <returns>Distinct indices in the order of picking.</returns>
    public static int[] Pick(double[] kernel, int points, int picks, double ridge = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(kernel.Length, points * points);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ridge);
        int count = Math.Min(picks, points);
        var picked = new int[count];
        var isPicked = new bool[points];
        var norms = new double[points];
        var diagonal = new double[points];
        for (int v = 0; v < points; v++)
        {
            ReadOnlySpan<double> column = kernel.AsSpan(v * points, points);
            norms[v] = Dot(column, column);
            diagonal[v] = column[v];
        }

        var directions = new double[count][];
        var projected = new double[points];
        for (int step = 0; step < count; step++)
        {
            int x = Best(norms, diagonal, isPicked, ridge);
            picked[step] = x;
            isPicked[x] = true;
            double[] c = kernel.AsSpan(x * points, points).ToArray();
            for (int s = 0; s < step; s++)
            {
                AddScaled(c, directions[s], -directions[s][x]);
            }

            for (int v = 0; v < points; v++)
            {
                projected[v] = Dot(kernel.AsSpan(v * points, points), c);
            }

            for (int s = 0; s < step; s++)
            {
                AddScaled(projected, directions[s], -Dot(directions[s], c));
            }

            double d = diagonal[x] + ridge;
            double length = Dot(c, c);
            double root = Math.Sqrt(d);
            for (int v = 0; v < points; v++)
            {
                norms[v] += (-2 * c[v] * projected[v] / d) + (c[v] * c[v] * length / (d * d));
                diagonal[v] -= c[v] * c[v] / d;
                c[v] /= root;
            }

            directions[step] = c;
        }

        return picked;
    }

    private static int Best(double[] norms, double[] diagonal, bool[] isPicked, double ridge)
    {
        int best = -1;
        double bestScore = double.NegativeInfinity;
        for (int v = 0; v < norms.Length; v++)
        {
            double score = norms[v] / (diagonal[v] + ridge);
            if (!isPicked[v] && (best < 0 || score > bestScore))
            {
                best = v;
                bestScore = score;
            }
        }

        return best;
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sums = Vector<double>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            sums += new Vector<double>(a[i..]) * new Vector<double>(b[i..]);
        }

        double sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static void AddScaled(Span<double> target, ReadOnlySpan<double> source, double factor)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] += factor * source[i];
        }
    }
}
