using Attune.Numerics;

namespace Attune.Design.Units;

/// <summary>How well predictions agree with measurements of designs that the predictor has not seen.</summary>
/// <param name="Designs">Designs compared.</param>
/// <param name="RSquared">Share of the variance that the predictions explain; NaN when all measurements are equal.</param>
/// <param name="Spearman">Rank correlation with its interval.</param>
/// <param name="RelativeError">Mean of |predicted - measured| / measured.</param>
/// <param name="LargestError">Largest of those.</param>
/// <param name="Within5Percent">Share of designs whose prediction is at most 5 % off.</param>
public sealed record FitQuality(int Designs, double RSquared, RankInterval Spearman, double RelativeError, double LargestError, double Within5Percent)
{
    /// <summary>Compares.</summary>
    /// <param name="predicted">Predictions, milliseconds.</param>
    /// <param name="measured">Measurements, milliseconds, above 0; as many, at least one.</param>
    public static FitQuality Of(IReadOnlyList<double> predicted, IReadOnlyList<double> measured)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(predicted.Count, measured.Count);
        ArgumentOutOfRangeException.ThrowIfZero(measured.Count);
        double mean = measured.Average();
        double total = measured.Sum(value => (value - mean) * (value - mean));
        double left = 0;
        var errors = new double[measured.Count];
        for (int i = 0; i < errors.Length; i++)
        {
            left += (predicted[i] - measured[i]) * (predicted[i] - measured[i]);
            errors[i] = Math.Abs(predicted[i] - measured[i]) / measured[i];
        }

        double[] guessed = [.. predicted];
        double[] seen = [.. measured];
        return new FitQuality(
            errors.Length,
            total > 0 ? 1 - (left / total) : double.NaN,
            RankInterval.Of(guessed, seen),
            errors.Average(),
            errors.Max(),
            (double)errors.Count(error => error <= 0.05) / errors.Length);
    }
}
