using Attune.Learning.Linear;

namespace Attune.Design.Proxies;

/// <summary>An adapted prediction: Z b + a f + c.</summary>
/// <param name="Scale">a, the speed of the target against the prior.</param>
/// <param name="Offset">c.</param>
/// <param name="Corrections">b, one per column of Z.</param>
/// <param name="Penalty">mu that it was fitted with.</param>
public sealed record AdaptationFit(double Scale, double Offset, double[] Corrections, double Penalty)
{
    /// <summary>Mean squared error in cross-validation with this penalty; NaN when it was not chosen that way.</summary>
    public double CrossValidatedError { get; init; } = double.NaN;

    /// <summary>Length of the corrections: 0 says that the prior was right but for speed and offset.</summary>
    public double Size => Math.Sqrt(DenseMatrix.Dot(Corrections, Corrections));

    /// <summary>Prediction for one design, in the scale that was fitted.</summary>
    /// <param name="row">Its row of Z.</param>
    /// <param name="prior">What the prior predicts for it.</param>
    public double Predict(ReadOnlySpan<double> row, double prior) => DenseMatrix.Dot(row, Corrections) + (Scale * prior) + Offset;

    /// <summary>Predictions for all designs.</summary>
    public double[] Predict(DenseMatrix rows, ReadOnlySpan<double> prior)
    {
        double[] predictions = rows.Times(Corrections);
        for (int i = 0; i < predictions.Length; i++)
        {
            predictions[i] += (Scale * prior[i]) + Offset;
        }

        return predictions;
    }
}
