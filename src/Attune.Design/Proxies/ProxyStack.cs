using Attune.Learning.Linear;

namespace Attune.Design.Proxies;

/// <summary>
/// A weighted sum of several proxies: min over weights of at least 0 of |F w - y|^2 + mu n |w - 1/m|^2, where column k of F is proxy k's latency over its mean.
/// Weights that cannot be negative keep few measurements from playing proxies off against each other. Pure.
/// </summary>
public static class ProxyStack
{
    private static readonly double[] Penalties = [1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1];

    /// <summary>Weights of the proxies with one penalty.</summary>
    /// <param name="proxies">F, a row per measured design, a column per proxy, each over its mean.</param>
    /// <param name="y">Measured latencies over their mean.</param>
    /// <param name="penalty">mu, above 0.</param>
    public static double[] Weights(DenseMatrix proxies, ReadOnlySpan<double> y, double penalty) =>
        NonNegativeLeastSquares.Solve(proxies, y, penalty * proxies.Rows, 1.0 / proxies.Columns);

    /// <summary>Weights with the penalty of 1e-3 to 1 that cross-validates best.</summary>
    /// <param name="proxies">F.</param>
    /// <param name="y">Measured latencies over their mean.</param>
    /// <param name="random">Deals designs to folds.</param>
    public static double[] BestWeights(DenseMatrix proxies, ReadOnlySpan<double> y, Random random)
    {
        double[] targets = y.ToArray();
        var errors = new double[Penalties.Length];
        foreach ((int[] train, int[] test) in Folds.Deal(targets.Length, 5, random))
        {
            DenseMatrix part = proxies.SelectRows(train);
            double[] goal = Folds.Pick(targets, train);
            for (int i = 0; i < Penalties.Length; i++)
            {
                double[] weights = Weights(part, goal, Penalties[i]);
                foreach (int row in test)
                {
                    double error = DenseMatrix.Dot(proxies.Row(row), weights) - targets[row];
                    errors[i] += error * error;
                }
            }
        }

        return Weights(proxies, targets, Penalties[Array.IndexOf(errors, errors.Min())]);
    }
}
