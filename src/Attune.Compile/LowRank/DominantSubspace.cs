namespace Attune.Compile.LowRank;

/// <summary>
/// The best approximation of a matrix by one of lower rank, up to the accuracy that weights need: orthogonal (block power) iteration from a seeded random start
/// finds the space of the largest left singular vectors Q, and M is approximated by Q (Q^T M), which is its truncated singular value decomposition as soon as Q
/// has converged (Golub and Van Loan, 7.3; Halko, Martinsson and Tropp, 2011). Costs 2 (2 q + 2) m n K operations for q iterations instead of the O(m n min(m,
/// n)) of a full decomposition with its large constant: a dense layer of 25088 x 4096 is out of reach for the latter. Stateless.
/// </summary>
internal static class DominantSubspace
{
    // Orthogonal to a hundredth: the projection is then right to a ten-thousandth of the weights' size.
    private const double Orthogonal = 1e-2;
    private const int MaxPasses = 5;

    /// <summary>Approximates a matrix.</summary>
    /// <param name="matrix">Row-major [m, n].</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    /// <param name="rank">Rank of the approximation, 1 to the smaller of m and n.</param>
    /// <param name="iterations">Steps of the power iteration; each sharpens the space.</param>
    /// <param name="seed">Seed of the start.</param>
    public static RankFactors Of(float[] matrix, int m, int n, int rank, int iterations = 3, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, Math.Min(m, n));
        float[] transposed = BlockedProduct.Transpose(matrix, m, n);
        var random = new Random(seed);
        var start = new float[n * rank];
        for (int i = 0; i < start.Length; i++)
        {
            start[i] = (random.NextSingle() * 2) - 1;
        }

        float[] left = Orthonormal(BlockedProduct.Of(matrix, start, m, n, rank), m, rank);
        for (int i = 0; i < iterations; i++)
        {
            float[] right = Orthonormal(BlockedProduct.Of(transposed, left, n, m, rank), n, rank);
            left = Orthonormal(BlockedProduct.Of(matrix, right, m, n, rank), m, rank);
        }

        float[] projected = BlockedProduct.Of(BlockedProduct.Transpose(left, m, rank), matrix, rank, m, n);
        double whole = SquareSum(matrix);
        double error = whole == 0 ? 0 : Math.Sqrt(Math.Max(0, 1 - (SquareSum(projected) / whole)));
        return new RankFactors(left, projected, rank, error);
    }

    /// <summary>
    /// Orthonormal columns that span the same space: Cholesky factors of the Gram matrix, with a small shift while columns nearly depend on each other.
    /// </summary>
    private static float[] Orthonormal(float[] columns, int length, int count)
    {
        for (int pass = 0; pass < MaxPasses; pass++)
        {
            Normalise(columns, length, count);
            float[] gram = BlockedProduct.Of(BlockedProduct.Transpose(columns, length, count), columns, count, length, count);
            if (Defect(gram, count) < Orthogonal)
            {
                break;
            }

            columns = BlockedProduct.Of(columns, InverseFactor(gram, count), length, count, count);
        }

        return columns;
    }

    private static void Normalise(float[] columns, int length, int count)
    {
        var squares = new double[count];
        for (int i = 0; i < length; i++)
        {
            for (int j = 0; j < count; j++)
            {
                squares[j] += (double)columns[(i * count) + j] * columns[(i * count) + j];
            }
        }

        // A column of nothing stays nothing: the matrix has a lower rank than was asked for.
        float[] factors = Array.ConvertAll(squares, square => square < 1e-60 ? 0 : (float)(1 / Math.Sqrt(square)));
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] *= factors[i % count];
        }
    }

    private static double Defect(float[] gram, int count)
    {
        double defect = 0;
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                defect = i == j ? defect : Math.Max(defect, Math.Abs(gram[(i * count) + j]));
            }
        }

        return defect;
    }

    /// <summary>R^-1 of G + shift = R^T R, upper triangular.</summary>
    private static float[] InverseFactor(float[] gram, int n)
    {
        const double Shift = 1e-5;
        var factor = new double[n * n];
        for (int j = 0; j < n; j++)
        {
            for (int i = 0; i <= j; i++)
            {
                double sum = gram[(i * n) + j] + (i == j ? Shift : 0);
                for (int k = 0; k < i; k++)
                {
                    sum -= factor[(i * n) + k] * factor[(j * n) + k];
                }

                // Rows hold R^T, so that both inner loops run along memory.
                factor[(j * n) + i] = i == j ? Math.Sqrt(Math.Max(sum, Shift)) : sum / factor[(i * n) + i];
            }
        }

        var inverse = new float[n * n];
        Parallel.For(0, n, column =>
        {
            // Solves R^T y = e and keeps y as a column of the lower inverse, that is as a row of the upper one.
            var solution = new double[n];
            for (int i = column; i < n; i++)
            {
                double sum = i == column ? 1 : 0;
                for (int k = column; k < i; k++)
                {
                    sum -= factor[(i * n) + k] * solution[k];
                }

                solution[i] = sum / factor[(i * n) + i];
                inverse[(column * n) + i] = (float)solution[i];
            }
        });
        return inverse;
    }

    private static double SquareSum(float[] values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += (double)value * value;
        }

        return sum;
    }
}
