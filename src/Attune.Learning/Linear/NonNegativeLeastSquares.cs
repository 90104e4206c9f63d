using Attune.Learning.Gaussian;

namespace Attune.Learning.Linear;

/// <summary>
/// Least squares with coefficients of at least 0, by the active set method of Lawson and Hanson (1974) on the normal equations: for a few dozen columns that
/// are not quite collinear, which a ridge provides. Pure.
/// </summary>
public static class NonNegativeLeastSquares
{
    private const double Tolerance = 1e-12;

    /// <summary>Minimises |A x - y|^2 + penalty |x - centre|^2 over x of at least 0.</summary>
    /// <param name="matrix">A; at most a few dozen columns.</param>
    /// <param name="y">As many values as rows.</param>
    /// <param name="penalty">Weight of the distance to the centre, above 0.</param>
    /// <param name="centre">The centre of every coefficient.</param>
    public static double[] Solve(DenseMatrix matrix, ReadOnlySpan<double> y, double penalty, double centre)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(penalty);
        int n = matrix.Columns;
        var gram = new double[n * n];
        for (int i = 0; i < matrix.Rows; i++)
        {
            ReadOnlySpan<double> row = matrix.Row(i);
            for (int j = 0; j < n; j++)
            {
                DenseMatrix.AddScaled(gram.AsSpan(j * n, n), row, row[j]);
            }
        }

        double[] target = matrix.TransposedTimes(y);
        for (int j = 0; j < n; j++)
        {
            gram[(j * n) + j] += penalty;
            target[j] += penalty * centre;
        }

        return Solve(gram, target);
    }

    private static double[] Solve(double[] gram, double[] target)
    {
        int n = target.Length;
        var x = new double[n];
        var free = new List<int>();
        double scale = Math.Max(1e-300, target.Max(Math.Abs));
        // Every round adds a column and ends with a better point, so no set of free columns comes twice; the bound only guards against rounding.
        for (int round = 0; round < 10 * (n + 1); round++)
        {
            int entering = -1;
            double steepest = Tolerance * scale;
            for (int j = 0; j < n; j++)
            {
                double slope = target[j] - DenseMatrix.Dot(gram.AsSpan(j * n, n), x);
                if (!free.Contains(j) && slope > steepest)
                {
                    steepest = slope;
                    entering = j;
                }
            }

            if (entering < 0)
            {
                break;
            }

            free.Add(entering);
            while (!Step(gram, target, free, x))
            {
            }
        }

        return x;
    }

    /// <summary>
    /// Moves to the unconstrained minimum over the free columns, or as far as all stay at least 0 and frees one column less; true when the minimum was reached.
    /// </summary>
    private static bool Step(double[] gram, double[] target, List<int> free, double[] x)
    {
        int n = target.Length;
        int m = free.Count;
        var part = new double[m * m];
        var goal = new double[m];
        for (int i = 0; i < m; i++)
        {
            goal[i] = target[free[i]];
            for (int j = 0; j < m; j++)
            {
                part[(i * m) + j] = gram[(free[i] * n) + free[j]];
            }
        }

        var factor = CholeskyFactor.Of(part, m);
        factor.SolveLower(goal);
        factor.SolveUpper(goal);
        double share = 1;
        int leaving = -1;
        for (int i = 0; i < m; i++)
        {
            if (goal[i] <= 0)
            {
                double possible = x[free[i]] / (x[free[i]] - goal[i]);
                if (leaving < 0 || possible < share)
                {
                    share = possible;
                    leaving = i;
                }
            }
        }

        for (int i = 0; i < m; i++)
        {
            x[free[i]] += share * (goal[i] - x[free[i]]);
        }

        if (leaving < 0)
        {
            return true;
        }

        x[free[leaving]] = 0;
        free.RemoveAt(leaving);
        return free.Count == 0;
    }
}
