using Attune.Learning.Gaussian;

namespace Attune.Learning.Tests.Gaussian;

public sealed class SparseGaussianProcessTests
{
    private static readonly double[] LogLengths = [0.2, -0.1];

    [Theory]
    [InlineData(CovarianceKind.SquaredExponential)]
    [InlineData(CovarianceKind.Matern52)]
    public void One_collapsed_layer_has_the_bound_of_Titsias(CovarianceKind kind)
    {
        (double[][] points, double[] labels) = Oracle.Data(25, 2, 7);
        double[][] z = points[..6];
        (GaussianLayer layer, DeepGaussianNetwork network) = OneLayer(kind, z, noise: 0.2);
        network.CollapseLast(Oracle.Flat(points), labels, 1);
        double bound = -network.Loss(Oracle.Flat(points), labels, 1, [], 1, new double[network.Parameters.Length]);
        bool matern = kind == CovarianceKind.Matern52;
        double[] lengths = [.. LogLengths.Select(Math.Exp)];
        var kuu = Oracle.Matrix(matern, Math.Exp(0.3), lengths, z, z);
        for (int i = 0; i < z.Length; i++)
        {
            kuu[i, i] += GaussianLayer.Jitter;
        }

        double expected = Oracle.SparseBound(
            Oracle.Matrix(matern, Math.Exp(0.3), lengths, points, points),
            Oracle.Matrix(matern, Math.Exp(0.3), lengths, z, points),
            kuu,
            0.2,
            labels);
        bound.ShouldBe(expected, 1e-6);

        // Any other q has a lower bound.
        network.Parameters[layer.Means] += 0.1;
        (-network.Loss(Oracle.Flat(points), labels, 1, [], 1, new double[network.Parameters.Length])).ShouldBeLessThan(bound - 1e-4);
    }

    [Fact]
    public void With_all_points_inducing_it_is_the_exact_process()
    {
        (double[][] points, double[] labels) = Oracle.Data(18, 2, 9);
        (_, DeepGaussianNetwork network) = OneLayer(CovarianceKind.SquaredExponential, points, noise: 0.05);
        network.CollapseLast(Oracle.Flat(points), labels, 1);
        double bound = -network.Loss(Oracle.Flat(points), labels, 1, [], 1, new double[network.Parameters.Length]);
        double[] lengths = [.. LogLengths.Select(Math.Exp)];
        var k = Oracle.Matrix(false, Math.Exp(0.3), lengths, points, points);
        bound.ShouldBe(-Oracle.NegativeLogLikelihood(k, 0.05, labels), 1e-3);

        (double[][] others, _) = Oracle.Data(10, 2, 10);
        network.Forward(Oracle.Flat(others), 10, []);
        var inverse = (k + (0.05 * MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseIdentity(18))).Inverse();
        var y = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(labels);
        for (int i = 0; i < 10; i++)
        {
            var cross = Oracle.Matrix(false, Math.Exp(0.3), lengths, points, [others[i]]).Column(0);
            network.Last.Mean[i].ShouldBe(cross * inverse * y, 1e-3);
            network.Last.Spread[i].ShouldBe(Math.Exp(0.3) - (cross * inverse * cross), 1e-3);
        }
    }

    [Fact]
    public void Few_inducing_points_learn_a_smooth_function_of_many_rows()
    {
        (double[][] points, double[] labels) = Oracle.Data(800, 2, 1);
        (double[][] others, double[] truth) = Oracle.Data(200, 2, 2);
        var sparse = new SparseGaussianProcess(new() { InducingPoints = 40 });
        sparse.Fit(GaussianProcessTests.TableOf(points), [.. labels.Select(label => (float)label)], []);
        var estimates = new Estimate[200];
        sparse.Predict(GaussianProcessTests.TableOf(others), estimates);
        double error = Math.Sqrt(estimates.Zip(truth, (estimate, y) => Math.Pow(estimate.Mean - y, 2)).Average());
        double spread = Math.Sqrt(truth.Average(y => y * y));
        error.ShouldBeLessThan(0.15 * spread);
        estimates.ShouldAllBe(estimate => estimate.Deviation >= 0);
        ((double)sparse.Predict(GaussianProcessTests.TableOf(others).Row(3))).ShouldBe(estimates[3].Mean, 1e-5);
        sparse.Bound.ShouldBeGreaterThan(0);
    }

    private static (GaussianLayer Layer, DeepGaussianNetwork Network) OneLayer(CovarianceKind kind, double[][] z, double noise)
    {
        var layer = new GaussianLayer(kind, 2, 1, z.Length, 0, null);
        var parameters = new double[layer.End + 1];
        Oracle.Flat(z).CopyTo(parameters, 0);
        LogLengths.CopyTo(parameters, layer.Lengths);
        parameters[layer.Variance] = 0.3;
        parameters[^1] = Math.Log(noise);
        return (layer, new DeepGaussianNetwork([layer], parameters));
    }
}
