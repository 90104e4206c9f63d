namespace Attune.Learning.Tests;

public sealed class TransductiveDesignTests
{
    [Theory]
    [InlineData(12, 12, 1)]
    [InlineData(60, 20, 2)]
    [InlineData(120, 40, 3)]
    public void The_fast_form_picks_what_the_equations_say(int points, int picks, int seed)
    {
        double[] kernel = RandomKernel(points, seed);
        TransductiveDesign.Pick(kernel, points, picks).ShouldBe(Naive(kernel, points, picks, 0.1));
    }

    [Fact]
    public void The_radial_kernel_of_two_clusters_gives_one_pick_from_each()
    {
        var random = new Random(4);
        var table = new FeatureTable(2);
        for (int i = 0; i < 20; i++)
        {
            float offset = i < 10 ? 0 : 50;
            table.Add([offset + (float)random.NextDouble(), offset + (float)random.NextDouble()]);
        }

        int[] picks = TransductiveDesign.Pick(RadialKernel.Matrix(StandardScores.Of(table)), 20, 2);
        picks.Select(pick => pick < 10).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void Asking_for_more_than_there_is_returns_every_point_once()
    {
        double[] kernel = RandomKernel(9, 5);
        TransductiveDesign.Pick(kernel, 9, 50).Order().ShouldBe(Enumerable.Range(0, 9));
    }

    [Fact]
    public void Standard_scores_have_mean_0_and_deviation_1_and_no_constant_column()
    {
        (FeatureTable table, _) = TestData.Make(50, 5, 1);
        FeatureTable scores = StandardScores.Of(table);
        scores.Columns.ShouldBe(4);
        for (int column = 0; column < scores.Columns; column++)
        {
            double[] values = [.. Enumerable.Range(0, 50).Select(row => (double)scores[row, column])];
            values.Average().ShouldBe(0, 1e-5);
            values.Average(value => value * value).ShouldBe(1, 1e-4);
        }
    }

    [Fact]
    public void The_radial_kernel_is_symmetric_with_a_unit_diagonal_and_half_life_at_the_median()
    {
        FeatureTable table = FeatureTable.Of([[0f], [1f], [3f]]);
        double[] kernel = RadialKernel.Matrix(table);

        // Squared distances 1, 4, 9: the median is 4, so k = exp(-d^2 / 4).
        kernel[1].ShouldBe(Math.Exp(-0.25), 1e-12);
        kernel[5].ShouldBe(Math.Exp(-1), 1e-12);
        kernel[2].ShouldBe(Math.Exp(-2.25), 1e-12);
        kernel[3].ShouldBe(kernel[1]);
        kernel[0].ShouldBe(1);
        RadialKernel.Matrix(FeatureTable.Of([[2f], [2f]])).ShouldAllBe(value => value == 1);
    }

    private static double[] RandomKernel(int points, int seed)
    {
        (FeatureTable table, _) = TestData.Make(points, 6, seed);
        return RadialKernel.Matrix(StandardScores.Of(table));
    }

    private static int[] Naive(double[] original, int n, int picks, double ridge)
    {
        var k = (double[])original.Clone();
        var result = new List<int>();
        for (int step = 0; step < picks; step++)
        {
            int best = -1;
            double bestScore = double.NegativeInfinity;
            for (int v = 0; v < n; v++)
            {
                double norm = Enumerable.Range(0, n).Sum(u => k[(u * n) + v] * k[(u * n) + v]);
                double score = norm / (k[(v * n) + v] + ridge);
                if (!result.Contains(v) && score > bestScore)
                {
                    best = v;
                    bestScore = score;
                }
            }

            result.Add(best);
            double[] column = [.. Enumerable.Range(0, n).Select(u => k[(u * n) + best])];
            double d = column[best] + ridge;
            for (int u = 0; u < n; u++)
            {
                for (int v = 0; v < n; v++)
                {
                    k[(u * n) + v] -= column[u] * column[v] / d;
                }
            }
        }

        return [.. result];
    }
}
