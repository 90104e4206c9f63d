using Attune.Learning.Linear;

namespace Attune.Design.Proxies;

/// <summary>
/// Adapts a prior prediction to a target: y = Z b + a f + c with the corrections b held small, min 1/n |Z b + a f + c - y|^2 + mu |b|^2, where f is what the
/// prior predicts and the columns of Z are units, or units times the proxy's latency of them (AdaProxy of Lu et al., SIGMETRICS 2022; their penalty is |b| and
/// not its square, whose path of solutions is the same). All penalties share one decomposition. Pure.
/// </summary>
public static class RidgeAdaptation
{
    /// <summary>
    /// Penalties that are tried by default: 30 from 1e-8 to 1e3 in equal ratios. With units and latencies scaled to mean 1 the useful ones lie inside.
    /// </summary>
    public static ReadOnlySpan<double> UsualPenalties => Grid;

    private static readonly double[] Grid = [.. Enumerable.Range(0, 30).Select(i => Math.Pow(10, -8 + (11.0 * i / 29)))];

    /// <summary>Fits with one penalty.</summary>
    /// <param name="corrections">Z, a row per measured design.</param>
    /// <param name="prior">f, one per measured design.</param>
    /// <param name="y">Measured latencies, divided by their mean or another fixed scale.</param>
    /// <param name="penalty">mu, above 0.</param>
    public static AdaptationFit Fit(DenseMatrix corrections, ReadOnlySpan<double> prior, ReadOnlySpan<double> y, double penalty) =>
        Path(corrections, prior, y, [penalty])[0];

    /// <summary>Fits with every penalty.</summary>
    public static AdaptationFit[] Path(DenseMatrix corrections, ReadOnlySpan<double> prior, ReadOnlySpan<double> y, ReadOnlySpan<double> penalties)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(prior.Length, corrections.Rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, corrections.Rows);
        var free = new FreeColumns(prior);
        DenseMatrix rest = free.Residual(corrections);
        double[][] solutions = LeastSquares.Ridge(SingularValues.Of(rest), free.Residual(y), penalties);
        var fits = new AdaptationFit[penalties.Length];
        for (int i = 0; i < fits.Length; i++)
        {
            double[] left = corrections.Times(solutions[i]);
            for (int r = 0; r < left.Length; r++)
            {
                left[r] = y[r] - left[r];
            }

            (double scale, double offset) = free.Coefficients(left);
            fits[i] = new AdaptationFit(scale, offset, solutions[i], penalties[i]);
        }

        return fits;
    }

    /// <summary>
    /// Chooses the penalty by cross-validated squared error, then fits on all designs. (Rank correlation on a few held-out designs chooses the largest penalty
    /// too often.)
    /// </summary>
    /// <param name="corrections">Z.</param>
    /// <param name="prior">f.</param>
    /// <param name="y">Measured latencies, scaled.</param>
    /// <param name="penalties">The penalties to choose from.</param>
    /// <param name="random">Deals designs to folds.</param>
    /// <param name="folds">Folds, at least 2; fewer when there are fewer designs.</param>
    public static AdaptationFit FitBest(
        DenseMatrix corrections, ReadOnlySpan<double> prior, ReadOnlySpan<double> y, ReadOnlySpan<double> penalties, Random random, int folds = 5)
    {
        double[] priors = prior.ToArray();
        double[] targets = y.ToArray();
        double[] grid = penalties.ToArray();
        var errors = new double[grid.Length];
        foreach ((int[] train, int[] test) in Folds.Deal(targets.Length, folds, random))
        {
            AdaptationFit[] path = Path(corrections.SelectRows(train), Folds.Pick(priors, train), Folds.Pick(targets, train), grid);
            foreach (int row in test)
            {
                for (int i = 0; i < path.Length; i++)
                {
                    double error = path[i].Predict(corrections.Row(row), priors[row]) - targets[row];
                    errors[i] += error * error;
                }
            }
        }

        double min = errors.Min();
        return Fit(corrections, priors, targets, grid[Array.IndexOf(errors, min)]) with { CrossValidatedError = min / targets.Length };
    }

    /// <summary>The columns f and 1 in orthonormal form; f is dropped when it does not vary on the sample.</summary>
    private sealed class FreeColumns
    {
        private const double Varies = 1e-12;
        private readonly double[] direction;
        private readonly double length;
        private readonly double mean;

        public FreeColumns(ReadOnlySpan<double> prior)
        {
            direction = prior.ToArray();
            mean = direction.Average();
            for (int i = 0; i < direction.Length; i++)
            {
                direction[i] -= mean;
            }

            length = Math.Sqrt(DenseMatrix.Dot(direction, direction));
            bool varies = length > Varies * Math.Max(1e-300, Math.Abs(mean) * Math.Sqrt(direction.Length));
            for (int i = 0; i < direction.Length; i++)
            {
                direction[i] = varies ? direction[i] / length : 0;
            }

            length = varies ? length : 0;
        }

        public double[] Residual(ReadOnlySpan<double> vector)
        {
            double[] rest = vector.ToArray();
            double average = rest.Length == 0 ? 0 : rest.Average();
            double along = DenseMatrix.Dot(direction, vector);
            for (int i = 0; i < rest.Length; i++)
            {
                rest[i] -= average + (along * direction[i]);
            }

            return rest;
        }

        public DenseMatrix Residual(DenseMatrix matrix)
        {
            DenseMatrix columns = matrix.Transposed();
            for (int j = 0; j < columns.Rows; j++)
            {
                Residual(columns.Row(j)).CopyTo(columns.Row(j));
            }

            return columns.Transposed();
        }

        public (double Scale, double Offset) Coefficients(ReadOnlySpan<double> y)
        {
            double scale = length > 0 ? DenseMatrix.Dot(direction, y) / length : 0;
            double sum = 0;
            foreach (double value in y)
            {
                sum += value;
            }

            return (scale, (sum / y.Length) - (scale * mean));
        }
    }
}
