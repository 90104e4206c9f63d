using Attune.Learning.Linear;

namespace Attune.Design.Scalable;

/// <summary>
/// Ridge regression of a few residuals on many features, in its dual form, with the share of noise chosen from a grid by marginal likelihood: with ten measurements there is
/// nothing to cross-validate on. Small shares are not in the grid: a dozen points can always be fitted through a hundred features. Pure.
/// </summary>
internal static class EvidenceRidge
{
    private static readonly double[] NoiseShares = [0.3, 1, 3, 10, 100];

    /// <summary>Predicts residuals.</summary>
    /// <param name="known">Features of the measured designs.</param>
    /// <param name="residuals">Their residuals.</param>
    /// <param name="wanted">Features of the designs to predict.</param>
    public static double[] Fit(DenseMatrix known, double[] residuals, DenseMatrix wanted)
    {
        int n = known.Rows;
        double[] centre = new double[known.Columns];
        for (int i = 0; i < n; i++)
        {
            DenseMatrix.AddScaled(centre, known.Row(i), 1.0 / n);
        }

        DenseMatrix centred = Less(known, centre);
        var parts = SingularValues.Of(centred);
        double mean = residuals.Average();
        double[] rest = [.. residuals.Select(value => value - mean)];
        double scale = 0;
        foreach (double value in parts.Values)
        {
            scale += value * value / n;
        }

        if (!(scale > 0))
        {
            return [.. Enumerable.Repeat(mean, wanted.Rows)];
        }

        double[] projected = parts.LeftRows.Times(rest);
        double outside = Math.Max(0, DenseMatrix.Dot(rest, rest) - DenseMatrix.Dot(projected, projected));
        double best = double.PositiveInfinity;
        double penalty = 0;
        foreach (double share in NoiseShares)
        {
            double added = share * scale;
            double fit = outside / added;
            double volume = (n - 1 - parts.Values.Length) * Math.Log(added);
            for (int k = 0; k < parts.Values.Length; k++)
            {
                double variance = (parts.Values[k] * parts.Values[k]) + added;
                fit += projected[k] * projected[k] / variance;
                volume += Math.Log(variance);
            }

            // The amplitude's best value is fit / n, which leaves n log(fit) + log determinant.
            double badness = (n * Math.Log(Math.Max(fit, 1e-300))) + volume;
            if (badness < best)
            {
                best = badness;
                penalty = added;
            }
        }

        double[] weights = LeastSquares.Ridge(parts, rest, [penalty / n])[0];
        double[] predicted = Less(wanted, centre).Times(weights);
        for (int i = 0; i < predicted.Length; i++)
        {
            predicted[i] += mean;
        }

        return predicted;
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
