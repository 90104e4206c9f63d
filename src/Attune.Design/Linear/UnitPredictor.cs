using Attune.Learning.Linear;
using Attune.Numerics;

namespace Attune.Design.Linear;

/// <summary>
/// Latency as a sum over execution units: count of each unit times its latency. Fitted by least squares of minimum norm with a rank cut-off, because one-hot
/// groups and the constant column are collinear and an inverse without a cut-off gives weights of any size. Immutable; safe for several threads.
/// </summary>
public sealed class UnitPredictor
{
    private readonly double[] weights;

    /// <summary>Makes a predictor from known unit latencies.</summary>
    /// <param name="weights">Latency of each unit, in the unit of the measurements.</param>
    public UnitPredictor(ReadOnlySpan<double> weights) => this.weights = weights.ToArray();

    /// <summary>Latency of each unit. Where columns are collinear only sums over designs mean something.</summary>
    public ReadOnlySpan<double> Weights => weights;

    /// <summary>Share of the variance of the fitted measurements that the predictor explains; NaN for known weights.</summary>
    public double Determination { get; private init; } = double.NaN;

    /// <summary>Rank correlation with the fitted measurements; NaN for known weights.</summary>
    public double RankCorrelation { get; private init; } = double.NaN;

    /// <summary>Fits unit latencies.</summary>
    /// <param name="units">Counts, a row per design.</param>
    /// <param name="latencies">A value per design; designs with NaN are left out.</param>
    /// <exception cref="ArgumentException">No design has a latency.</exception>
    public static UnitPredictor Fit(DenseMatrix units, ReadOnlySpan<double> latencies)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(latencies.Length, units.Rows);
        var runnable = new List<int>();
        for (int i = 0; i < latencies.Length; i++)
        {
            if (!double.IsNaN(latencies[i]))
            {
                runnable.Add(i);
            }
        }

        if (runnable.Count == 0)
        {
            throw new ArgumentException("None of the designs has a latency, so no unit's can be fitted.", nameof(latencies));
        }

        var y = new double[runnable.Count];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = latencies[runnable[i]];
        }

        DenseMatrix x = units.SelectRows([.. runnable]);
        double[] found = LeastSquares.MinimumNorm(x, y);
        double[] fitted = x.Times(found);
        double mean = y.Average();
        double total = y.Sum(value => (value - mean) * (value - mean));
        double left = y.Zip(fitted, (value, fit) => (value - fit) * (value - fit)).Sum();
        return new UnitPredictor(found)
        {
            Determination = total > 0 ? 1 - (left / total) : double.NaN,
            RankCorrelation = Spearman.Of(fitted, y, mean * 1e-9),
        };
    }

    /// <summary>Prediction for one design.</summary>
    /// <param name="counts">Its units' counts.</param>
    public double Predict(ReadOnlySpan<double> counts)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(counts.Length, weights.Length);
        return DenseMatrix.Dot(counts, weights);
    }

    /// <summary>Predictions for all designs.</summary>
    public double[] Predict(DenseMatrix units) => units.Times(weights);
}
