using System.Collections.Immutable;
using Attune.Design.Linear;
using Attune.Learning.Linear;

namespace Attune.Design.Proxies;

/// <summary>
/// AdaProxy: a proxy's unit latencies brought to a target by one ratio, one offset and small corrections per unit, from a few dozen measurements. The penalty
/// on the corrections is chosen by cross-validated error. Immutable once fitted.
/// </summary>
public sealed class AdaptedProxy
{
    private const int MinSamples = 5;
    private readonly double[] unitLatencies;
    private readonly double[] spreads;
    private readonly double[] proxyLatencies;
    private readonly double scale;

    private AdaptedProxy(AdaptationFit fit, double[] unitLatencies, double[] proxyLatencies, double[] spreads, double scale)
    {
        Fit = fit;
        this.unitLatencies = unitLatencies;
        this.proxyLatencies = proxyLatencies;
        this.spreads = spreads;
        this.scale = scale;
    }

    /// <summary>Ratio, offset and corrections, for latencies over their means.</summary>
    public AdaptationFit Fit { get; }

    /// <summary>Fits.</summary>
    /// <param name="units">Counts of execution units, a row per design.</param>
    /// <param name="proxy">The proxy's predictor over the same units.</param>
    /// <param name="measured">Rows of the designs measured on the target, at least 5.</param>
    /// <param name="latencies">Their latencies on the target, all above 0.</param>
    /// <param name="random">Deals folds.</param>
    /// <exception cref="ArgumentException">There are too few, or a latency is not above 0.</exception>
    public static AdaptedProxy From(DenseMatrix units, UnitPredictor proxy, int[] measured, ReadOnlySpan<double> latencies, Random random)
    {
        double[] y = latencies.ToArray();
        if (measured.Length != y.Length || y.Length < MinSamples || y.Any(value => !(value > 0)))
        {
            throw new ArgumentException(
                $"{y.Length} latencies for {measured.Length} designs: at least {MinSamples} are needed, all above 0; leave unsupported designs out.",
                nameof(latencies));
        }

        double mean = y.Average();
        for (int i = 0; i < y.Length; i++)
        {
            y[i] /= mean;
        }

        double[] raw = proxy.Predict(units);
        double rawMean = raw.Average();
        double[] weights = [.. proxy.Weights.ToArray().Select(weight => weight / rawMean)];
        double[] prior = [.. raw.Select(value => value / rawMean)];
        AdaptationFit fit = RidgeAdaptation.FitBest(
            units.SelectRows(measured).ScaledColumns(weights), Folds.Pick(prior, measured), y, RidgeAdaptation.UsualPenalties, random);
        var adapted = new double[weights.Length];
        for (int j = 0; j < adapted.Length; j++)
        {
            adapted[j] = mean * weights[j] * (fit.Scale + fit.Corrections[j]);
        }

        return new AdaptedProxy(fit, adapted, [.. weights.Select(weight => mean * fit.Scale * weight)], Spreads(units), mean);
    }

    /// <summary>Latency of each unit on the target, in the unit of the measurements.</summary>
    public ReadOnlySpan<double> UnitLatencies => unitLatencies;

    /// <summary>What every design costs besides its units.</summary>
    public double Offset => scale * Fit.Offset;

    /// <summary>Prediction for one design.</summary>
    /// <param name="counts">Its units.</param>
    public double Predict(ReadOnlySpan<double> counts) => DenseMatrix.Dot(counts, unitLatencies) + Offset;

    /// <summary>Predictions for all designs.</summary>
    public double[] Predict(DenseMatrix units)
    {
        double[] predictions = units.Times(unitLatencies);
        for (int i = 0; i < predictions.Length; i++)
        {
            predictions[i] += Offset;
        }

        return predictions;
    }

    /// <summary>The units that make the target order designs otherwise than the proxy, the most influential first.</summary>
    /// <param name="names">Names of the units.</param>
    /// <param name="count">How many.</param>
    public ImmutableArray<UnitDifference> Differences(ImmutableArray<string> names, int count = 5)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(names.Length, unitLatencies.Length);
        return
        [
            .. names.Select((name, j) => new UnitDifference(
                    name,
                    Math.Abs(proxyLatencies[j]) > 1e-12 * scale ? unitLatencies[j] / proxyLatencies[j] : double.NaN,
                    Math.Abs(unitLatencies[j] - proxyLatencies[j]) * spreads[j] / scale))
                .Where(difference => difference.Influence > 0)
                .OrderByDescending(difference => difference.Influence)
                .Take(count),
        ];
    }

    private static double[] Spreads(DenseMatrix units)
    {
        var found = new double[units.Columns];
        for (int j = 0; j < found.Length; j++)
        {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < units.Rows; i++)
            {
                sum += units[i, j];
                squares += units[i, j] * units[i, j];
            }

            found[j] = Math.Sqrt(Math.Max(0, (squares / units.Rows) - (sum / units.Rows * (sum / units.Rows))));
        }

        return found;
    }
}
