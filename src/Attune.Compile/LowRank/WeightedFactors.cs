namespace Attune.Compile.LowRank;

/// <summary>
/// The factors of a matrix M of a given rank that change its products with typical inputs least: with second moments C = L L^T of the inputs, the error
/// |L^T (M - M')| is least where M' = M V V^T and V holds the right singular vectors of L^T M (Eckart and Young), which are the dominant eigenvectors of
/// M^T C M, the second moments of the products (Zhang, Zou, He and Sun 2015, "Accelerating Very Deep Convolutional Networks", 3.1). So nothing has to be
/// whitened, and only moments of products are needed, of which there are fewer than of inputs. Stateless.
/// </summary>
internal static class WeightedFactors
{
    // What no sample showed is not worth nothing.
    private const double MinShrinkage = 1e-3;

    // An error of the products this small is lost in that of the other layers.
    private const double Negligible = 0.005;

    /// <summary>Factors.</summary>
    /// <param name="matrix">Row-major [m, n]: rows are inputs.</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    /// <param name="rank">Rank of the approximation, 1 to the smaller of m and n.</param>
    /// <param name="moments">Second moments of the products, row-major [n, n], not all zeros.</param>
    /// <param name="positions">How many products they are from: few say little about the directions that they do not have.</param>
    /// <returns>The factors, and how small a multiple of <see cref="LowRankForms.RankStep"/> would leave no more than a negligible error.</returns>
    public static (RankFactors Factors, int Enough) Of(float[] matrix, int m, int n, int rank, float[] moments, long positions)
    {
        float[] plain = BlockedProduct.Of(BlockedProduct.Transpose(matrix, m, n), matrix, n, m, n);
        (double seen, double square) = (Trace(moments, n), Trace(plain, n));
        double shrinkage = Shrinkage(moments, plain, seen, square, positions);
        float ofPlain = square == 0 ? 0 : (float)(shrinkage / square);
        float ofSeen = (float)((1 - shrinkage) / seen);
        float[] mixed = [.. moments.Zip(plain, (one, other) => (one * ofSeen) + (other * ofPlain))];
        float[] basis = DominantSubspace.Of(mixed, n, n, rank).Left;
        float[] turned = BlockedProduct.Transpose(basis, n, rank);

        // The basis is orthogonal to a hundredth only, which an error below that must take into account.
        float[] gram = BlockedProduct.Of(turned, basis, rank, n, rank);
        double[] products = Remaining(Within(moments), gram, rank, seen);
        double[] weights = Remaining(Within(plain), gram, rank, square);
        int enough = LowRankForms.RankStep;
        while (enough < rank && products[enough - 1] > Negligible)
        {
            enough += LowRankForms.RankStep;
        }

        return (
            new RankFactors(BlockedProduct.Of(matrix, basis, m, n, rank), turned, rank, weights[^1]) { OutputError = products[^1] }, Math.Min(enough, rank));

        float[] Within(float[] symmetric) => BlockedProduct.Of(turned, BlockedProduct.Of(symmetric, basis, n, n, rank), rank, n, rank);
    }

    /// <summary>
    /// The part of the moments that is taken to be as for inputs that are alike and independent, where plain factors are best: how far moments of so few
    /// samples are off by chance, over how far they are from those (Ledoit and Wolf 2004, for normally distributed numbers).
    /// </summary>
    private static double Shrinkage(float[] moments, float[] plain, double seen, double square, long positions)
    {
        (double size, double distance) = (0, 0);
        for (int i = 0; i < moments.Length; i++)
        {
            double share = moments[i] / seen;
            double off = share - (square == 0 ? 0 : plain[i] / square);
            size += share * share;
            distance += off * off;
        }

        double chance = (1 + size) / positions;
        return chance >= distance ? 1 : Math.Max(MinShrinkage, chance / distance);
    }

    /// <summary>The error that is left with the first vectors of the basis, for each number of them, over the size of the whole.</summary>
    private static double[] Remaining(float[] within, float[] gram, int rank, double whole)
    {
        var remaining = new double[rank];
        double left = whole;
        for (int i = 0; i < rank; i++)
        {
            left -= 2.0 * within[(i * rank) + i];
            for (int j = 0; j <= i; j++)
            {
                left += (i == j ? 1.0 : 2.0) * gram[(i * rank) + j] * within[(i * rank) + j];
            }

            remaining[i] = whole == 0 ? 0 : Math.Sqrt(Math.Max(0, left) / whole);
        }

        return remaining;
    }

    private static double Trace(float[] symmetric, int n)
    {
        double trace = 0;
        for (int i = 0; i < n; i++)
        {
            trace += symmetric[(i * n) + i];
        }

        return trace;
    }
}
