namespace Attune.Learning.Linear;

/// <summary>
/// Singular value decomposition A = U diag(s) V^T of small dense matrices by one-sided Jacobi rotations (Hestenes 1958): columns are rotated in pairs until all
/// are orthogonal; their lengths are the singular values. Accurate for small values too, which a rank cut-off needs. Costs about ten sweeps of n^2 m for m x n.
/// Immutable once made.
/// </summary>
public sealed class SingularValues
{
    private const int MaxSweeps = 60;
    private const double Orthogonal = 1e-14;
    private readonly double[] values;

    private SingularValues(DenseMatrix leftRows, double[] values, DenseMatrix rightRows)
    {
        LeftRows = leftRows;
        RightRows = rightRows;
        this.values = values;
    }

    /// <summary>The singular values, largest first; as many as the smaller side of the matrix.</summary>
    public ReadOnlySpan<double> Values => values;

    /// <summary>Row k is the left singular vector of value k; zeros where the value is 0.</summary>
    public DenseMatrix LeftRows { get; }

    /// <summary>Row k is the right singular vector of value k.</summary>
    public DenseMatrix RightRows { get; }

    /// <summary>How many values are above a share of the largest.</summary>
    /// <param name="cutOff">The share; 1e-10 keeps apart what is collinear by construction from what is merely similar.</param>
    public int Rank(double cutOff = 1e-10) => values.Count(value => value > cutOff * values[0] && value > 0);

    /// <summary>Decomposes a matrix.</summary>
    /// <exception cref="ArithmeticException">An entry is not finite.</exception>
    public static SingularValues Of(DenseMatrix matrix)
    {
        bool wide = matrix.Columns > matrix.Rows;
        // Rows of the work matrix are columns of the tall matrix, so that rotations run over contiguous memory.
        DenseMatrix work = wide ? matrix.SelectRows([.. Enumerable.Range(0, matrix.Rows)]) : matrix.Transposed();
        int n = work.Rows;
        var right = new DenseMatrix(n, n);
        for (int i = 0; i < n; i++)
        {
            right[i, i] = 1;
        }

        Orthogonalise(work, right);
        var lengths = new double[n];
        for (int i = 0; i < n; i++)
        {
            lengths[i] = Math.Sqrt(DenseMatrix.Dot(work.Row(i), work.Row(i)));
            if (!double.IsFinite(lengths[i]))
            {
                throw new ArithmeticException($"A matrix of {matrix.Rows} x {matrix.Columns} with entries that are not finite has no singular values; leave "
                    + "missing measurements out first.");
            }
        }

        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => lengths[i])];
        DenseMatrix first = work.SelectRows(order);
        for (int k = 0; k < n; k++)
        {
            double length = lengths[order[k]];
            foreach (ref double value in first.Row(k))
            {
                value = length > 0 ? value / length : 0;
            }
        }

        double[] sorted = [.. order.Select(i => lengths[i])];
        DenseMatrix second = right.SelectRows(order);
        return wide ? new SingularValues(second, sorted, first) : new SingularValues(first, sorted, second);
    }

    private static void Orthogonalise(DenseMatrix work, DenseMatrix right)
    {
        for (int sweep = 0; sweep < MaxSweeps; sweep++)
        {
            bool rotated = false;
            for (int p = 0; p < work.Rows - 1; p++)
            {
                for (int q = p + 1; q < work.Rows; q++)
                {
                    Span<double> a = work.Row(p);
                    Span<double> b = work.Row(q);
                    double alpha = DenseMatrix.Dot(a, a);
                    double beta = DenseMatrix.Dot(b, b);
                    double gamma = DenseMatrix.Dot(a, b);
                    if (!(Math.Abs(gamma) > Orthogonal * Math.Sqrt(alpha * beta)))
                    {
                        continue;
                    }

                    rotated = true;
                    double zeta = (beta - alpha) / (2 * gamma);
                    double tangent = (zeta >= 0 ? 1 : -1) / (Math.Abs(zeta) + Math.Sqrt(1 + (zeta * zeta)));
                    double cosine = 1 / Math.Sqrt(1 + (tangent * tangent));
                    Rotate(a, b, cosine, cosine * tangent);
                    Rotate(right.Row(p), right.Row(q), cosine, cosine * tangent);
                }
            }

            if (!rotated)
            {
                return;
            }
        }
    }

    private static void Rotate(Span<double> a, Span<double> b, double cosine, double sine)
    {
        for (int i = 0; i < a.Length; i++)
        {
            double x = a[i];
            a[i] = (cosine * x) - (sine * b[i]);
            b[i] = (sine * x) + (cosine * b[i]);
        }
    }
}
