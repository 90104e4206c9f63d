using Attune.Learning.Linear;

namespace Attune.Learning.Tests.Linear;

public sealed class LinearAlgebraTests
{
    [Theory]
    [InlineData(12, 5)]
    [InlineData(5, 12)]
    [InlineData(7, 7)]
    [InlineData(1, 3)]
    public void A_matrix_is_the_product_of_its_parts(int rows, int columns)
    {
        DenseMatrix matrix = Random(rows, columns, 3);
        var parts = SingularValues.Of(matrix);
        parts.Values.Length.ShouldBe(Math.Min(rows, columns));
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double sum = 0;
                for (int k = 0; k < parts.Values.Length; k++)
                {
                    sum += parts.LeftRows[k, i] * parts.Values[k] * parts.RightRows[k, j];
                }

                sum.ShouldBe(matrix[i, j], 1e-10);
            }
        }

        for (int k = 1; k < parts.Values.Length; k++)
        {
            parts.Values[k].ShouldBeLessThanOrEqualTo(parts.Values[k - 1]);
            DenseMatrix.Dot(parts.LeftRows.Row(k), parts.LeftRows.Row(k - 1)).ShouldBe(0, 1e-10);
            DenseMatrix.Dot(parts.RightRows.Row(k), parts.RightRows.Row(k - 1)).ShouldBe(0, 1e-10);
        }
    }

    [Fact]
    public void One_hot_groups_with_a_constant_lack_a_rank_per_group()
    {
        // Two groups of three values and a constant column: 7 columns, rank 5.
        var matrix = new DenseMatrix(9, 7);
        for (int i = 0; i < 9; i++)
        {
            matrix[i, i / 3] = 1;
            matrix[i, 3 + (i % 3)] = 1;
            matrix[i, 6] = 1;
        }

        SingularValues.Of(matrix).Rank().ShouldBe(5);
        double[] y = [.. Enumerable.Range(0, 9).Select(i => 1.0 + (i / 3) + (10 * (i % 3)))];
        double[] weights = LeastSquares.MinimumNorm(matrix, y);
        weights.Max(Math.Abs).ShouldBeLessThan(30);
        matrix.Times(weights).ShouldBe(y, 1e-9);
        // The shortest solution has no part along what the matrix cannot see: here (1, 1, 1, 0, 0, 0, -1).
        (weights[0] + weights[1] + weights[2] - weights[6]).ShouldBe(0, 1e-9);
    }

    [Fact]
    public void Ridge_solves_its_normal_equations()
    {
        DenseMatrix a = Random(8, 12, 5);
        double[] y = [.. Enumerable.Range(0, 8).Select(i => Math.Sin(i))];
        const double Mu = 0.03;
        double[] x = LeastSquares.Ridge(SingularValues.Of(a), y, [Mu])[0];
        double[] rest = a.Times(x);
        for (int i = 0; i < rest.Length; i++)
        {
            rest[i] -= y[i];
        }

        double[] slope = a.TransposedTimes(rest);
        for (int j = 0; j < slope.Length; j++)
        {
            (slope[j] + (8 * Mu * x[j])).ShouldBe(0, 1e-9);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Non_negative_solutions_keep_the_conditions_of_optimality(int seed)
    {
        DenseMatrix a = Random(15, 6, seed);
        var random = new Random(seed);
        double[] y = [.. Enumerable.Range(0, 15).Select(_ => random.NextDouble() - 0.5)];
        double[] x = NonNegativeLeastSquares.Solve(a, y, 0.01, 1.0 / 6);
        double[] rest = a.Times(x);
        for (int i = 0; i < rest.Length; i++)
        {
            rest[i] -= y[i];
        }

        double[] slope = a.TransposedTimes(rest);
        for (int j = 0; j < x.Length; j++)
        {
            double full = slope[j] + (0.01 * (x[j] - (1.0 / 6)));
            x[j].ShouldBeGreaterThanOrEqualTo(0);
            if (x[j] > 0)
            {
                full.ShouldBe(0, 1e-8);
            }
            else
            {
                full.ShouldBeGreaterThan(-1e-8);
            }
        }
    }

    [Fact]
    public void A_matrix_with_a_hole_has_no_singular_values() =>
        Should.Throw<ArithmeticException>(() => SingularValues.Of(new DenseMatrix(1, 2, [1, double.NaN]))).Message.ShouldContain("missing");

    private static DenseMatrix Random(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        return new DenseMatrix(rows, columns, [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextDouble() - 0.5)]);
    }
}
