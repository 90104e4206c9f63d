using Attune.Learning.Linear;

namespace Attune.Design.Scalable;

/// <summary>
/// Ridge regression of a few residuals on many features, whose penalty is the one with the least error on rows left out (closed form); an infinite one, which
/// corrects the mean alone, is among them: a dozen points can always be fitted through a hundred features. Pure.
/// </summary>
internal static class LeaveOneOutRidge
{
    private static readonly double[] Shares = [0.1, 0.3, 1, 3, 10, 30, 1e9];

    /// <summary>Predicts residuals.</summary>
    /// <param name="known">Features of the measured designs.</param>
    /// <param name="residuals">Their residuals.</param>
    /// <param name="wanted">Features of the designs to predict.</param>
    public static double[] Fit(DenseMatrix known, double[] residuals, DenseMatrix wanted)
    {
        int n = known.Rows;
        double mean = residuals.Average();
        double[] centre = new double[known.Columns];
        for (int i = 0; i < n; i++)
        {
            DenseMatrix.AddScaled(centre, known.Row(i), 1.0 / n);
        }

        var parts = SingularValues.Of(Less(known, centre));
        double scale = 0;
        foreach (double value in parts.Values)
        {
            scale += value * value / n;
        }

        double[] rest = [.. residuals.Select(value => value - mean)];
        double[] projected = parts.LeftRows.Times(rest);
        double min = double.PositiveInfinity;
        double penalty = 0;
        foreach (double share in Shares)
        {
            double error = Error(parts, rest, projected, share * scale);
            if (error < min)
            {
                min = error;
                penalty = share * scale;
            }
        }

        if (!(penalty > 0))
        {
            return [.. Enumerable.Repeat(mean, wanted.Rows)];
        }

        double[] weights = LeastSquares.Ridge(parts, rest, [penalty / n])[0];
        double[] predicted = Less(wanted, centre).Times(weights);
        for (int i = 0; i < predicted.Length; i++)
        {
            predicted[i] += mean;
        }

        return predicted;
    }

    /// <summary>Sum of squared errors of rows left out: each residual of the fit over 1 less its leverage.</summary>
    private static double Error(SingularValues parts, double[] rest, double[] projected, double penalty)
    {
        double sum = 0;
        for (int i = 0; i < rest.Length; i++)
        {
            double fitted = 0;
            double leverage = 1.0 / rest.Length;
            for (int k = 0; k < projected.Length; k++)
            {
                double square = parts.Values[k] * parts.Values[k];
                double kept = square / (square + penalty);
                double left = parts.LeftRows[k, i];
                fitted += left * kept * projected[k];
                leverage += left * left * kept;
            }

            double error = (rest[i] - fitted) / Math.Max(1e-9, 1 - leverage);
            sum += error * error;
        }

        return sum;
    }

    private static DenseMatrix Less(DenseMatrix matrix, double[] centre)
    {
        var less = new DenseMatrix(matrix.Rows, matrix.Columns);
        for (int i = 0; i < matrix.Rows; i++)
        {
            matrix.Row(i).CopyTo(less.Row(i));
            DenseMatrix.AddScaled(less.Row(i), centre, -1);
        }

        return less;
    }
}
