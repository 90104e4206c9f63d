using Attune.Learning.Gaussian;
using MathNet.Numerics.LinearAlgebra;

namespace Attune.Learning.Tests.Gaussian;

public sealed class GaussianProcessTests
{
    private static readonly GaussianProcessOptions Plain = new() { LengthPrior = double.PositiveInfinity, NoisePrior = double.PositiveInfinity };

    [Theory]
    [InlineData(CovarianceKind.SquaredExponential)]
    [InlineData(CovarianceKind.Matern52)]
    public void The_likelihood_is_the_textbooks_and_its_gradient_the_differences(CovarianceKind kind)
    {
        (double[][] points, double[] labels) = Oracle.Data(13, 3, 5);
        double[] linear = [.. Enumerable.Range(0, 26).Select(i => Math.Cos(i))];
        var likelihood = new MarginalLikelihood(
            Plain with { Covariance = kind }, Oracle.Flat(points), linear, labels, [.. labels.Select(_ => 1.0)], new bool[3]);
        double[] parameters = [0.1, -0.3, 0.5, 0.4, -1, -0.5, -2];
        Matrix<double> k = Oracle.Matrix(kind == CovarianceKind.Matern52, Math.Exp(0.4), [Math.Exp(0.1), Math.Exp(-0.3), Math.Exp(0.5)], points, points);
        for (int i = 0; i < 13; i++)
        {
            for (int j = 0; j < 13; j++)
            {
                k[i, j] += (Math.Exp(-1) * linear[2 * i] * linear[2 * j]) + (Math.Exp(-0.5) * linear[(2 * i) + 1] * linear[(2 * j) + 1]);
            }
        }

        likelihood.Evaluate(parameters, new double[7]).ShouldBe(Oracle.NegativeLogLikelihood(k, Math.Exp(-2), labels), 1e-8);
        Slopes.LargestError((at, slope) => likelihood.Evaluate(at, slope), parameters, Enumerable.Range(0, 7)).ShouldBeLessThan(1e-5);
        var withPriors = new MarginalLikelihood(
            new GaussianProcessOptions { Covariance = kind }, Oracle.Flat(points), linear, labels, [.. labels.Select(_ => 2.0)], new bool[3]);
        Slopes.LargestError((at, slope) => withPriors.Evaluate(at, slope), parameters, Enumerable.Range(0, 7)).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void Mean_and_deviation_are_the_textbooks()
    {
        (double[][] points, double[] labels) = Oracle.Data(20, 2, 3);
        (double[][] others, _) = Oracle.Data(300, 2, 4);
        var options = new GaussianProcessOptions { Evaluations = 0, Covariance = CovarianceKind.SquaredExponential, Noise = 0.01, LengthScale = 0.5 };
        var process = new GaussianProcess(options);
        FeatureTable table = TableOf(points);
        float[] y = [.. labels.Select(label => (float)label)];
        process.Fit(table, y, []);
        var estimates = new Estimate[300];
        process.Predict(TableOf(others), estimates);

        // The same with z-scores and inverses.
        double[] shift = [.. Enumerable.Range(0, 2).Select(k => points.Average(p => p[k]))];
        double[] scale = [.. Enumerable.Range(0, 2).Select(k => Math.Sqrt(points.Average(p => (p[k] - shift[k]) * (p[k] - shift[k]))))];
        double mean = y.Average();
        double deviation = Math.Sqrt(y.Average(label => (label - mean) * (label - mean)));
        double[][] standard = [.. points.Select(p => p.Select((v, k) => (v - shift[k]) / scale[k]).ToArray())];
        double[] lengths = [0.5 * Math.Sqrt(2), 0.5 * Math.Sqrt(2)];
        Matrix<double> inverse = (Oracle.Matrix(false, 1, lengths, standard, standard) + (0.01 * Matrix<double>.Build.DenseIdentity(20))).Inverse();
        Vector<double> targets = Vector<double>.Build.Dense([.. y.Select(label => (label - mean) / deviation)]);
        for (int i = 0; i < 300; i += 37)
        {
            double[] other = [.. others[i].Select((v, k) => (v - shift[k]) / scale[k])];
            Vector<double> cross = Oracle.Matrix(false, 1, lengths, standard, [other]).Column(0);
            estimates[i].Mean.ShouldBe(mean + (deviation * (cross * inverse * targets)), 1e-4);
            estimates[i].Deviation.ShouldBe(deviation * Math.Sqrt(1 - (cross * inverse * cross)), 1e-4);
            ((double)process.Predict(TableOf(others).Row(i))).ShouldBe(estimates[i].Mean, 1e-5);
        }
    }

    [Fact]
    public void Training_finds_what_matters_and_raises_the_likelihood()
    {
        var random = new Random(8);
        double[][] points = [.. Enumerable.Range(0, 60).Select(_ => Enumerable.Range(0, 4).Select(_ => random.NextDouble() * 6).ToArray())];
        FeatureTable table = TableOf(points);
        float[] y = [.. points.Select(p => (float)(Math.Sin(p[1]) + (0.01 * random.NextDouble())))];
        var untrained = new GaussianProcess(new() { Evaluations = 1 });
        untrained.Fit(table, y, []);
        var trained = new GaussianProcess();
        trained.Fit(table, y, []);
        trained.LogLikelihood.ShouldBeGreaterThan(untrained.LogLikelihood + 20);
        double[][] others = [.. Enumerable.Range(0, 200).Select(_ => Enumerable.Range(0, 4).Select(_ => random.NextDouble() * 6).ToArray())];
        double error = Math.Sqrt(others.Average(p => Math.Pow(trained.Predict([.. p.Select(v => (float)v)]) - Math.Sin(p[1]), 2)));
        error.ShouldBeLessThan(0.1);
    }

    [Fact]
    public void A_linear_column_extends_beyond_the_data()
    {
        double[][] points = [.. Enumerable.Range(0, 30).Select(i => new double[] { i % 3, i / 10.0 })];
        var process = new GaussianProcess(new() { LinearColumns = 1 });
        process.Fit(TableOf(points), [.. points.Select(p => (float)(2 * p[1]))], []);
        process.Predict([1, 10]).ShouldBe(20, 0.5);
    }

    [Fact]
    public void Rows_of_weight_0_do_not_count_and_equal_rows_do_no_harm()
    {
        (double[][] points, double[] labels) = Oracle.Data(20, 2, 3);
        double[][] more = [.. points, [9, 9], points[0], points[0]];
        float[] y = [.. labels.Select(label => (float)label), 77, (float)labels[0], (float)labels[0]];
        var process = new GaussianProcess();
        process.Fit(TableOf(more), y, [.. Enumerable.Repeat(1f, 20), 0, 1, 1]);
        process.Predict([(float)points[0][0], (float)points[0][1]]).ShouldBe(y[0], 0.3);
        var constant = new GaussianProcess();
        constant.Fit(TableOf([[1, 2], [1, 2]]), [3, 3], []);
        constant.Predict([1, 2]).ShouldBe(3, 1e-4);
    }

    [Fact]
    public void What_cannot_be_fitted_is_refused()
    {
        var process = new GaussianProcess();
        Should.Throw<InvalidOperationException>(() => process.Predict([1f]));
        Should.Throw<ArgumentException>(() => process.Fit(TableOf([[1.0]]), [1, 2], []));
        Should.Throw<ArgumentException>(() => process.Fit(TableOf([[1.0]]), [1], [0]));
        process.Fit(TableOf([[1.0], [2.0]]), [1, 2], []);
        Should.Throw<ArgumentException>(() => process.Predict([1f, 2f]));
        Should.Throw<ArgumentException>(() => new GaussianProcess(new() { Noise = 0, Evaluations = -1 })).Message.ShouldSatisfyAllConditions(
            text => text.ShouldContain("Noise"),
            text => text.ShouldContain("Evaluations"));
    }

    internal static FeatureTable TableOf(double[][] points) => FeatureTable.Of([.. points.Select(p => p.Select(v => (float)v).ToArray())]);
}
