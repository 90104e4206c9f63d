namespace Attune.Learning.Gaussian;

/// <summary>
/// Derivatives of a covariance matrix with respect to its points and length scales (tuning.md 3.4), for any stationary covariance by its slopes.
/// </summary>
internal static class CovarianceBackward
{
    /// <summary>Adds the derivatives.</summary>
    /// <param name="adjoint">Derivative with respect to the matrix, a-rows x b-rows.</param>
    /// <param name="slopes">Slopes h of the covariance, as <see cref="Covariance.Fill"/> gave them.</param>
    /// <param name="a">First points, divided by the length scales.</param>
    /// <param name="b">Second points, divided by the length scales.</param>
    /// <param name="logLengths">Logarithms of the length scales.</param>
    /// <param name="lengths">Receives the derivative with respect to them.</param>
    /// <param name="first">Receives that of the first points, unscaled; when the second points are the same ones, their share as well.</param>
    /// <param name="second">Receives that of the second points; empty to skip.</param>
    public static void Apply(
        double[] adjoint,
        double[] slopes,
        double[] a,
        double[] b,
        ReadOnlySpan<double> logLengths,
        Span<double> lengths,
        Span<double> first,
        Span<double> second)
    {
        int columns = logLengths.Length;
        int rows = a.Length / columns;
        int across = b.Length / columns;
        bool same = ReferenceEquals(a, b);
        var w = new double[across];
        var at = new double[columns * rows];
        var bt = new double[columns * across];
        Transpose(a, rows, columns, at);
        Transpose(b, across, columns, bt);
        var columnSums = new double[across];
        var fromFirst = new double[columns * across];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < across; j++)
            {
                w[j] = adjoint[(i * across) + j] * slopes[(i * across) + j];
            }

            double rowSum = Rows.Sum(w);
            Rows.AddScaled(columnSums, w, 1);
            for (int k = 0; k < columns; k++)
            {
                double own = at[(k * rows) + i];
                double pull = Rows.Dot(w, bt.AsSpan(k * across, across));
                lengths[k] += (own * rowSum * own) - (2 * own * pull);
                first[(i * columns) + k] += (same ? 2 : 1) * (pull - (rowSum * own)) * Math.Exp(-logLengths[k]);
                if (!second.IsEmpty)
                {
                    Rows.AddScaled(fromFirst.AsSpan(k * across, across), w, own);
                }
            }
        }

        for (int k = 0; k < columns; k++)
        {
            ReadOnlySpan<double> others = bt.AsSpan(k * across, across);
            for (int j = 0; j < across; j++)
            {
                lengths[k] += columnSums[j] * others[j] * others[j];
                if (!second.IsEmpty)
                {
                    second[(j * columns) + k] += (fromFirst[(k * across) + j] - (columnSums[j] * others[j])) * Math.Exp(-logLengths[k]);
                }
            }
        }
    }

    private static void Transpose(double[] points, int rows, int columns, double[] target)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int k = 0; k < columns; k++)
            {
                target[(k * rows) + i] = points[(i * columns) + k];
            }
        }
    }
}
