namespace Attune.Learning.Gaussian;

/// <summary>
/// Minimises a smooth function by the limited-memory BFGS method (two-loop recursion, Nocedal 1980) with a backtracking line search. Values that are not finite
/// count as a step too far. Deterministic; stateless.
/// </summary>
internal static class LimitedMemoryBfgs
{
    private const int History = 8;
    private const double SufficientDecrease = 1e-4;
    private const double LargestStep = 2;

    /// <summary>Value and gradient at a point: returns the value, fills the gradient.</summary>
    public delegate double Objective(ReadOnlySpan<double> point, Span<double> gradient);

    /// <summary>Minimises.</summary>
    /// <param name="objective">The function.</param>
    /// <param name="point">Start; holds the best point afterwards.</param>
    /// <param name="evaluations">Evaluations at most.</param>
    /// <returns>The least value found.</returns>
    public static double Minimise(Objective objective, double[] point, int evaluations)
    {
        int n = point.Length;
        var gradient = new double[n];
        var trial = new double[n];
        var trialGradient = new double[n];
        var steps = new List<(double[] S, double[] Y, double Rho)>();
        double value = objective(point, gradient);
        int used = 1;
        while (used < evaluations && Rows.Dot(gradient, gradient) > 1e-10)
        {
            double[] direction = Direction(gradient, steps);
            double slope = Rows.Dot(direction, gradient);
            if (!(slope < 0))
            {
                steps.Clear();
                direction = [.. gradient.Select(g => -g)];
                slope = -Rows.Dot(gradient, gradient);
            }

            // No parameter (all are logarithms or standardised) moves further than this at once.
            double largest = direction.Max(Math.Abs);
            double step = Math.Min(1, (steps.Count == 0 ? 0.5 : LargestStep) / Math.Max(largest, 1e-12));
            double trialValue = double.NaN;
            for (; used < evaluations; step *= 0.4)
            {
                for (int i = 0; i < n; i++)
                {
                    trial[i] = point[i] + (step * direction[i]);
                }

                trialValue = objective(trial, trialGradient);
                used++;
                if (trialValue <= value + (SufficientDecrease * step * slope) || step < 1e-6)
                {
                    break;
                }
            }

            if (!(trialValue < value))
            {
                return value;
            }

            Remember(steps, point, trial, gradient, trialGradient);
            bool converged = value - trialValue < 1e-7 * Math.Max(1, Math.Abs(value));
            trial.CopyTo(point, 0);
            trialGradient.CopyTo(gradient, 0);
            value = trialValue;
            if (converged)
            {
                break;
            }
        }

        return value;
    }

    private static void Remember(List<(double[] S, double[] Y, double Rho)> steps, double[] from, double[] to, double[] gradientFrom, double[] gradientTo)
    {
        double[] s = [.. to.Zip(from, (a, b) => a - b)];
        double[] y = [.. gradientTo.Zip(gradientFrom, (a, b) => a - b)];
        double curvature = Rows.Dot(s, y);
        if (curvature > 1e-12)
        {
            steps.Add((s, y, 1 / curvature));
            if (steps.Count > History)
            {
                steps.RemoveAt(0);
            }
        }
    }

    private static double[] Direction(double[] gradient, List<(double[] S, double[] Y, double Rho)> steps)
    {
        double[] q = [.. gradient];
        var alphas = new double[steps.Count];
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            alphas[i] = steps[i].Rho * Rows.Dot(steps[i].S, q);
            Rows.AddScaled(q, steps[i].Y, -alphas[i]);
        }

        if (steps.Count > 0)
        {
            (_, double[] y, double rho) = steps[^1];
            Rows.Scale(q, 1 / (rho * Rows.Dot(y, y)));
        }

        for (int i = 0; i < steps.Count; i++)
        {
            double beta = steps[i].Rho * Rows.Dot(steps[i].Y, q);
            Rows.AddScaled(q, steps[i].S, alphas[i] - beta);
        }

        Rows.Scale(q, -1);
        return q;
    }
}
