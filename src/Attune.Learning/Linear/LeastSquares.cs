namespace Attune.Learning.Linear;

/// <summary>Least squares with a rank cut-off, and ridge solutions for many penalties from one decomposition. Pure.</summary>
public static class LeastSquares
{
    /// <summary>
    /// The shortest of all x that minimise |A x - y|: directions whose singular value is below a share of the largest count as collinear and get nothing.
    /// Without the cut-off one-hot groups with a bias column give weights of any size.
    /// </summary>
    /// <param name="matrix">A.</param>
    /// <param name="y">As many values as rows.</param>
    /// <param name="cutOff">The share, above 0.</param>
    public static double[] MinimumNorm(DenseMatrix matrix, ReadOnlySpan<double> y, double cutOff = 1e-10)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cutOff);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, matrix.Rows);
        var parts = SingularValues.Of(matrix);
        var x = new double[matrix.Columns];
        for (int k = 0; k < parts.Rank(cutOff); k++)
        {
            DenseMatrix.AddScaled(x, parts.RightRows.Row(k), DenseMatrix.Dot(parts.LeftRows.Row(k), y) / parts.Values[k]);
        }

        return x;
    }

    /// <summary>Solutions of min |A x - y|^2 + n mu |x|^2, n the number of rows, for every mu.</summary>
    /// <param name="parts">Decomposition of A.</param>
    /// <param name="y">As many values as A has rows.</param>
    /// <param name="penalties">The mu, each above 0.</param>
    /// <returns>One solution per mu.</returns>
    public static double[][] Ridge(SingularValues parts, ReadOnlySpan<double> y, ReadOnlySpan<double> penalties)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, parts.LeftRows.Columns);
        int values = parts.Values.Length;
        var projected = new double[values];
        for (int k = 0; k < values; k++)
        {
            projected[k] = DenseMatrix.Dot(parts.LeftRows.Row(k), y);
        }

        var solutions = new double[penalties.Length][];
        for (int i = 0; i < penalties.Length; i++)
        {
            double added = penalties[i] * y.Length;
            solutions[i] = new double[parts.RightRows.Columns];
            for (int k = 0; k < values; k++)
            {
                double s = parts.Values[k];
                DenseMatrix.AddScaled(solutions[i], parts.RightRows.Row(k), s * projected[k] / ((s * s) + added));
            }
        }

        return solutions;
    }
}
