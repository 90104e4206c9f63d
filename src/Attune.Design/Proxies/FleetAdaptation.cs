using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Linear;
using Attune.Learning;
using Attune.Learning.Gaussian;
using Attune.Learning.Linear;

namespace Attune.Design.Proxies;

/// <summary>
/// Predicts a target's latencies from few measurements and a fleet of known devices, and says which designs to measure. The prediction is a mean of two that
/// err differently, each weighted by its inverse error on designs left out: a non-negative stack of the devices with ridge corrections per unit, and a Gaussian
/// process over what the fleet shares. Designs to measure are those that together tell most about all others (transductive experimental design on the process's
/// covariance), which needs no measurement of the target. One thread per instance.
/// </summary>
public sealed class FleetAdaptation
{
    private const int MinSamples = 5;
    private const int Candidates = 600;

    // Less noise than expected makes the choice go for designs that are far apart.
    private const double NoiseInChoice = 0.3;
    // The more is measured, the less what other devices taught counts.
    private const double TightnessTimesSamples = 10;
    private const double FreeInChoice = 0.3;
    private const int CorrectionFolds = 10;
    private const double PowerOfError = 4;

    // Exact predictions must not make weights infinite.
    private const double MinError = 1e-12;
    private readonly double[][] fleet;
    private readonly double[][] units;
    private readonly double[][] structure;
    private readonly DenseMatrix[] corrections;
    private readonly DenseMatrix stack;
    private readonly FleetKernel kernel;
    private readonly double[] weights;
    private readonly Random random;

    /// <summary>Prepares a fleet.</summary>
    /// <param name="devices">
    /// Known devices over the same designs, at least one, none constant. Gaps are filled by the device's own unit predictor: only orders matter.
    /// </param>
    /// <param name="units">Counts of execution units per design.</param>
    /// <param name="structure">Counts after dead branches are gone, see <see cref="CellStructure"/>; null takes the units.</param>
    /// <param name="random">All randomness: folds, candidates.</param>
    /// <exception cref="ArgumentException">There is no device, or one has no latencies or another number of designs.</exception>
    public FleetAdaptation(ImmutableArray<DeviceColumn> devices, DenseMatrix units, DenseMatrix? structure, Random random)
    {
        if (devices.IsDefaultOrEmpty || devices.Any(device => device.Values.Length != units.Rows || device.IsConstant))
        {
            throw new ArgumentException(
                $"A fleet needs at least one device, and each needs varying latencies for {units.Rows} designs; leave constant devices out.", nameof(devices));
        }

        this.random = random;
        this.units = StandardColumns.Of(units);
        this.structure = structure is null ? this.units : StandardColumns.Of(structure);
        corrections = structure is null
            ? [StandardColumns.Matrix(this.units)]
            : [StandardColumns.Matrix(this.units), StandardColumns.Matrix(this.structure), StandardColumns.Join(this.structure, this.units)];
        fleet = [.. devices.Select(device => Filled(device, structure ?? units))];
        stack = new DenseMatrix(units.Rows, fleet.Length);
        for (int i = 0; i < units.Rows; i++)
        {
            for (int q = 0; q < fleet.Length; q++)
            {
                stack[i, q] = fleet[q][i];
            }
        }

        kernel = new FleetKernel(fleet, this.units, this.structure);
        weights = FleetKernel.LearnWeights(fleet, this.units, this.structure, random);
    }

    /// <summary>Chooses designs to measure.</summary>
    /// <param name="count">How many.</param>
    /// <param name="runnable">Designs to choose among; null takes all. At most 600 at random are looked at.</param>
    /// <returns>Distinct positions, the most telling first.</returns>
    public int[] Choose(int count, IReadOnlyCollection<int>? runnable = null)
    {
        int[] candidates = runnable is null ? [.. Enumerable.Range(0, units.Length)] : [.. runnable];
        random.Shuffle(candidates);
        candidates = candidates[..Math.Min(candidates.Length, Math.Max(Candidates, count))];
        double[] trend = kernel.Trend(candidates);
        double[] covariances = KernelSum.Covariances(weights, kernel.Kernels(candidates, candidates), trend, trend, FreeInChoice);
        return [.. TransductiveDesign.Pick(covariances, candidates.Length, count, NoiseInChoice * Math.Exp(weights[^1])).Select(i => candidates[i])];
    }

    /// <summary>Predicts all designs.</summary>
    /// <param name="measured">Positions of the measured designs, at least 5.</param>
    /// <param name="latencies">Their latencies, milliseconds, above 0.</param>
    /// <exception cref="ArgumentException">There are too few, or a latency is not above 0: designs that do not run must be left out.</exception>
    public FleetPrediction Predict(int[] measured, ReadOnlySpan<double> latencies)
    {
        (double[] y, double scale) = Scaled(measured, latencies);
        DenseMatrix sample = stack.SelectRows(measured);
        double[] shares = ProxyStack.BestWeights(sample, y, random);
        double[] prior = stack.Times(shares);
        (double[] shared, double sharedError) = Shared(measured, y);
        (double[] stacked, double stackedError) = Stacked(measured, y, prior);
        double stackedWeight = 1 / (stackedError * stackedError);
        double sharedWeight = 1 / (sharedError * sharedError);
        double stackedShare = stackedWeight / Math.Max(1e-300, stackedWeight + sharedWeight);
        var latency = new double[stacked.Length];
        for (int i = 0; i < latency.Length; i++)
        {
            latency[i] = scale * ((stackedShare * stacked[i]) + ((1 - stackedShare) * shared[i]));
        }

        return new FleetPrediction(latency, [.. stacked.Select(value => value * scale)], [.. shared.Select(value => value * scale)], shares);
    }

    /// <summary>
    /// Which corrections a target needs differs: sums over all units, over those that are left after dead branches are gone, both, or none at all where a known
    /// device is its twin. All are fitted, and errors on designs left out decide how much each counts.
    /// </summary>
    private (double[] Predicted, double Error) Stacked(int[] measured, double[] y, double[] prior)
    {
        var parts = new List<(double[] Predicted, double Error)> { SingleProxy.Best(fleet, measured, y) };
        double[] priorOfMeasured = Folds.Pick(prior, measured);
        int dealt = random.Next();
        foreach (DenseMatrix columns in corrections)
        {
            AdaptationFit fit = RidgeAdaptation.FitBest(
                columns.SelectRows(measured), priorOfMeasured, y, RidgeAdaptation.UsualPenalties, new Random(dealt), CorrectionFolds);
            parts.Add((fit.Predict(columns, prior), Math.Max(fit.CrossValidatedError, MinError)));
        }

        double[] shares = [.. parts.Select(part => Math.Pow(part.Error, -PowerOfError))];
        double sum = shares.Sum();
        var mixed = new double[prior.Length];
        double mean = 0;
        for (int k = 0; k < shares.Length; k++)
        {
            DenseMatrix.AddScaled(mixed, parts[k].Predicted, shares[k] / sum);
            mean += parts[k].Error * shares[k] / sum;
        }

        return (mixed, mean);
    }

    private static (double[] Labels, double Scale) Scaled(int[] measured, ReadOnlySpan<double> latencies)
    {
        double[] y = latencies.ToArray();
        if (measured.Length != y.Length || y.Length < MinSamples || y.Any(value => !(value > 0)))
        {
            throw new ArgumentException(
                $"{y.Length} latencies for {measured.Length} designs: at least {MinSamples} are needed, all above 0; leave unsupported designs out.",
                nameof(latencies));
        }

        double scale = y.Average();
        for (int i = 0; i < y.Length; i++)
        {
            y[i] /= scale;
        }

        return (y, scale);
    }

    private (double[] Predicted, double Error) Shared(int[] measured, double[] y)
    {
        double[] trend = kernel.Trend(measured);
        var process = new KernelSum(kernel.Kernels(measured, measured), trend, y);
        double[] fitted = KernelSum.Learn([process], weights, TightnessTimesSamples / y.Length);
        double[] factors = process.Factors(fitted);
        int[] all = [.. Enumerable.Range(0, units.Length)];
        double[] covariances = KernelSum.Covariances(fitted, kernel.Kernels(all, measured), kernel.Trend(all), trend);
        return (new DenseMatrix(all.Length, measured.Length, covariances).Times(factors), Math.Max(process.LeaveOneOutError(fitted), MinError));
    }

    private static double[] Filled(DeviceColumn device, DenseMatrix units)
    {
        double mean = device.Mean;
        double[] values = [.. device.Values.Select(value => value / mean)];
        if (values.Any(double.IsNaN))
        {
            double[] predicted = UnitPredictor.Fit(units, values).Predict(units);
            double min = values.Where(value => !double.IsNaN(value)).Min();
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = double.IsNaN(values[i]) ? Math.Max(predicted[i], min / 2) : values[i];
            }
        }

        return values;
    }
}
