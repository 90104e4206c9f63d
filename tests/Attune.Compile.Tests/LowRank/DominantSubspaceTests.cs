using Attune.Compile.LowRank;
using MathNet.Numerics.LinearAlgebra;

namespace Attune.Compile.Tests.LowRank;

public sealed class DominantSubspaceTests
{
    [Theory]
    [InlineData(40, 60, 10)]
    [InlineData(90, 30, 16)]
    [InlineData(33, 33, 32)]
    public void The_error_is_close_to_that_of_the_truncated_decomposition(int rows, int columns, int rank)
    {
        float[] matrix = Decaying(rows, columns, seed: rows);
        RankFactors factors = DominantSubspace.Of(matrix, rows, columns, rank);
        double[] singular = [.. Matrix<double>.Build.Dense(rows, columns, (i, j) => matrix[(i * columns) + j]).Svd().S];

        // Equation (17) of the design paper, by another program.
        double best = Math.Sqrt(singular.Skip(rank).Sum(s => s * s) / singular.Sum(s => s * s));
        factors.RelativeError.ShouldBeInRange((best * 0.999) - 2e-3, (best * 1.03) + 2e-3);
        Difference(matrix, factors, rows, columns).ShouldBe(factors.RelativeError, 2e-3);
    }

    [Fact]
    public void A_matrix_of_low_rank_is_found_again_also_when_more_is_asked_for()
    {
        var random = new Random(3);
        float[] left = [.. Enumerable.Range(0, 50 * 4).Select(_ => random.NextSingle() - 0.5f)];
        float[] right = [.. Enumerable.Range(0, 4 * 70).Select(_ => random.NextSingle() - 0.5f)];
        float[] matrix = BlockedProduct.Of(left, right, 50, 4, 70);
        foreach (int rank in new[] { 4, 12 })
        {
            Difference(matrix, DominantSubspace.Of(matrix, 50, 70, rank), 50, 70).ShouldBeLessThan(1e-3);
        }
    }

    [Fact]
    public void Nothing_stays_nothing() => DominantSubspace.Of(new float[600], 20, 30, 5).Right.ShouldAllBe(value => value == 0);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 600, 33)]
    [InlineData(65, 5, 129)]
    public void Products_agree_with_the_definition(int m, int k, int n)
    {
        var random = new Random(m);
        float[] left = [.. Enumerable.Range(0, m * k).Select(_ => random.NextSingle() - 0.5f)];
        float[] right = [.. Enumerable.Range(0, k * n).Select(_ => random.NextSingle() - 0.5f)];
        float[] product = BlockedProduct.Of(left, right, m, k, n);
        float[] turned = BlockedProduct.Transpose(product, m, n);
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = 0;
                for (int p = 0; p < k; p++)
                {
                    sum += (double)left[(i * k) + p] * right[(p * n) + j];
                }

                product[(i * n) + j].ShouldBe((float)sum, 1e-4);
                turned[(j * m) + i].ShouldBe(product[(i * n) + j]);
            }
        }
    }

    private static float[] Decaying(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        int inner = Math.Min(rows, columns);
        float[] left = [.. Enumerable.Range(0, rows * inner).Select(_ => random.NextSingle() - 0.5f)];
        float[] right = [.. Enumerable.Range(0, inner * columns).Select(i => (random.NextSingle() - 0.5f) * MathF.Pow(0.9f, i / columns))];
        return BlockedProduct.Of(left, right, rows, inner, columns);
    }

    private static double Difference(float[] matrix, RankFactors factors, int rows, int columns)
    {
        float[] product = BlockedProduct.Of(factors.Left, factors.Right, rows, factors.Rank, columns);
        return Math.Sqrt(matrix.Zip(product).Sum(pair => Math.Pow(pair.First - pair.Second, 2)) / matrix.Sum(value => (double)value * value));
    }
}
