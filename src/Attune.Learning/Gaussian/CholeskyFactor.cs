namespace Attune.Learning.Gaussian;

/// <summary>
/// The Cholesky factor L of a symmetric positive definite matrix, L L^T = A, row-major, and the solves with it. Every inner loop runs over contiguous rows.
/// Factoring costs n^3 / 6 multiply-adds, a solve with m right-hand sides n^2 m / 2. Immutable once made.
/// </summary>
internal sealed class CholeskyFactor
{
    private const double LargestJitter = 1e-2;
    private readonly double[] lower;

    private CholeskyFactor(double[] lower, int size)
    {
        this.lower = lower;
        Size = size;
    }

    /// <summary>Rows of the matrix.</summary>
    public int Size { get; }

    /// <summary>Half the logarithm of the matrix's determinant.</summary>
    public double HalfLogDeterminant
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < Size; i++)
            {
                sum += Math.Log(lower[(i * Size) + i]);
            }

            return sum;
        }
    }

    /// <summary>The factor, row-major; entries above the diagonal are 0.</summary>
    public ReadOnlySpan<double> Lower => lower;

    /// <summary>One row of the factor up to and including its diagonal.</summary>
    public ReadOnlySpan<double> Row(int i) => lower.AsSpan(i * Size, i + 1);

    /// <summary>
    /// Factors a matrix, adding more and more to its diagonal (ten times the last addition, up to 1e-2 of its mean) until that succeeds.
    /// </summary>
    /// <param name="matrix">Row-major; only the lower triangle is read.</param>
    /// <param name="size">Rows.</param>
    /// <param name="jitter">The first addition, relative to the mean of the diagonal; 0 tries the matrix as it is first.</param>
    /// <exception cref="ArithmeticException">The matrix is not finite, or far from positive definite.</exception>
    public static CholeskyFactor Of(ReadOnlySpan<double> matrix, int size, double jitter = 0)
    {
        double mean = 0;
        for (int i = 0; i < size; i++)
        {
            mean += matrix[(i * size) + i] / size;
        }

        for (double added = jitter; added <= LargestJitter; added = added == 0 ? 1e-10 : added * 10)
        {
            if (TryOf(matrix, size, added * mean) is { } factor)
            {
                return factor;
            }
        }

        throw new ArithmeticException($"A covariance matrix of {size} rows with mean diagonal {mean} is not positive definite even with {LargestJitter} of it "
            + "added; are all features and parameters finite?");
    }

    /// <summary>Factors a matrix with something added to its diagonal; null when it is not positive definite.</summary>
    public static CholeskyFactor? TryOf(ReadOnlySpan<double> matrix, int size, double added)
    {
        var result = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            Span<double> row = result.AsSpan(i * size, size);
            for (int j = 0; j < i; j++)
            {
                row[j] = (matrix[(i * size) + j] - Rows.Dot(row[..j], result.AsSpan(j * size, j))) / result[(j * size) + j];
            }

            double pivot = matrix[(i * size) + i] + added - Rows.Dot(row[..i], row[..i]);
            if (!(pivot > 0) || !double.IsFinite(pivot))
            {
                return null;
            }

            row[i] = Math.Sqrt(pivot);
        }

        return new CholeskyFactor(result, size);
    }

    /// <summary>vector := L^-1 vector.</summary>
    public void SolveLower(Span<double> vector)
    {
        for (int i = 0; i < Size; i++)
        {
            vector[i] = (vector[i] - Rows.Dot(lower.AsSpan(i * Size, i), vector[..i])) / lower[(i * Size) + i];
        }
    }

    /// <summary>vector := L^-T vector.</summary>
    public void SolveUpper(Span<double> vector)
    {
        for (int i = Size - 1; i >= 0; i--)
        {
            vector[i] /= lower[(i * Size) + i];
            Rows.AddScaled(vector[..i], lower.AsSpan(i * Size, i), -vector[i]);
        }
    }

    /// <summary>matrix := L^-1 matrix, <paramref name="columns"/> right-hand sides side by side.</summary>
    public void SolveLower(Span<double> matrix, int columns)
    {
        for (int i = 0; i < Size; i++)
        {
            Span<double> row = matrix.Slice(i * columns, columns);
            for (int j = 0; j < i; j++)
            {
                Rows.AddScaled(row, matrix.Slice(j * columns, columns), -lower[(i * Size) + j]);
            }

            Rows.Scale(row, 1 / lower[(i * Size) + i]);
        }
    }

    /// <summary>matrix := L^-T matrix.</summary>
    public void SolveUpper(Span<double> matrix, int columns)
    {
        for (int i = Size - 1; i >= 0; i--)
        {
            Span<double> row = matrix.Slice(i * columns, columns);
            Rows.Scale(row, 1 / lower[(i * Size) + i]);
            for (int j = 0; j < i; j++)
            {
                Rows.AddScaled(matrix.Slice(j * columns, columns), row, -lower[(i * Size) + j]);
            }
        }
    }

    /// <summary>The inverse of the factored matrix, row-major and symmetric.</summary>
    public double[] Inverse()
    {
        double[] w = InverseLower();
        var inverse = new double[Size * Size];
        for (int k = 0; k < Size; k++)
        {
            ReadOnlySpan<double> row = w.AsSpan(k * Size, k + 1);
            for (int i = 0; i <= k; i++)
            {
                Rows.AddScaled(inverse.AsSpan(i * Size, i + 1), row[..(i + 1)], row[i]);
            }
        }

        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < i; j++)
            {
                inverse[(j * Size) + i] = inverse[(i * Size) + j];
            }
        }

        return inverse;
    }

    /// <summary>L^-1, row-major, lower triangular.</summary>
    public double[] InverseLower()
    {
        var w = new double[Size * Size];
        for (int i = 0; i < Size; i++)
        {
            Span<double> row = w.AsSpan(i * Size, i + 1);
            for (int j = 0; j < i; j++)
            {
                Rows.AddScaled(row[..(j + 1)], w.AsSpan(j * Size, j + 1), -lower[(i * Size) + j]);
            }

            row[i] = 1;
            Rows.Scale(row, 1 / lower[(i * Size) + i]);
        }

        return w;
    }
}
