using MathNet.Numerics.LinearAlgebra;

namespace Attune.Learning.Tests.Gaussian;

/// <summary>Textbook formulas over MathNet's dense matrices, inverses and determinants and all.</summary>
internal static class Oracle
{
    public static double Kernel(bool matern, double variance, double[] lengths, double[] a, double[] b)
    {
        double squared = a.Select((value, k) => Math.Pow((value - b[k]) / lengths[k], 2)).Sum();
        double r = Math.Sqrt(5 * squared);
        return matern ? variance * (1 + r + (5 * squared / 3)) * Math.Exp(-r) : variance * Math.Exp(-squared / 2);
    }

    public static Matrix<double> Matrix(bool matern, double variance, double[] lengths, double[][] a, double[][] b) =>
        Matrix<double>.Build.Dense(a.Length, b.Length, (i, j) => Kernel(matern, variance, lengths, a[i], b[j]));

    /// <summary>Negative log density of y under N(0, K + noise).</summary>
    public static double NegativeLogLikelihood(Matrix<double> k, double noise, double[] y)
    {
        Matrix<double> c = k + (noise * Matrix<double>.Build.DenseIdentity(y.Length));
        Vector<double> v = Vector<double>.Build.Dense(y);
        return (0.5 * (v * c.Inverse() * v)) + (0.5 * Math.Log(c.Determinant())) + (0.5 * y.Length * Math.Log(2 * Math.PI));
    }

    /// <summary>Titsias' bound in its defining form: log N(y | 0, Q + noise) - tr(K - Q) / (2 noise).</summary>
    public static double SparseBound(Matrix<double> kff, Matrix<double> kuf, Matrix<double> kuu, double noise, double[] y)
    {
        Matrix<double> q = kuf.Transpose() * kuu.Inverse() * kuf;
        return -NegativeLogLikelihood(q, noise, y) - ((kff.Trace() - q.Trace()) / (2 * noise));
    }

    public static (double[][] Points, double[] Labels) Data(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        double[][] points = [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => (random.NextDouble() * 4) - 2).ToArray())];
        return (points, [.. points.Select(p => Math.Sin(2 * p[0]) + (columns > 1 ? p[0] * p[1] / 2 : 0) + (0.1 * (random.NextDouble() - 0.5)))]);
    }

    public static double[] Flat(double[][] points) => [.. points.SelectMany(point => point)];
}
