namespace Attune.Learning.Gaussian;

/// <content>MAP tuning to a new task (tuning.md 3.6).</content>
public sealed partial class DeepGaussianProcess
{
    private const int Folds = 5;

    // What the pre-trained noise counts, in rows, against the residuals of the new task.
    private const double NoiseStrength = 10;

    /// <summary>
    /// A copy tuned to a few rows of a new task: the last layer's whitened means move to the maximum of their posterior, with the pre-trained means as prior
    /// mean and deviation tau (<see cref="DeepGaussianOptions.TuningPrior"/>), m = (I / tau^2 + A A^T / sn2)^-1 (m0 / tau^2 + A y / sn2), and the noise
    /// follows; everything else stays. Guarded: when that predicts held-out fifths of the rows worse than the process as it is, only scale and shift of its
    /// predictions are fitted. Costs a few M^3.
    /// </summary>
    /// <param name="features">Rows of the new task.</param>
    /// <param name="labels">Labels in the unit of the pre-training.</param>
    /// <exception cref="InvalidOperationException">Nothing was learnt yet.</exception>
    public DeepGaussianProcess Tune(FeatureTable features, ReadOnlySpan<float> labels)
    {
        Standardisation known = Known(features.Columns);
        ArgumentOutOfRangeException.ThrowIfNotEqual(labels.Length, features.Rows);
        DeepGaussianProcess copy = Copy();
        if (features.Rows == 0)
        {
            return copy;
        }

        double[] points = known.Apply(features);
        double[] targets = [.. labels.ToArray().Select(label => (label - known.LabelShift) / known.LabelScale)];
        double asIs = 0;
        double moved = 0;
        for (int fold = 0; fold < Folds && features.Rows >= 2 * Folds; fold++)
        {
            int held = fold;
            DeepGaussianProcess part = Copy();
            (double[] rows, double[] y) = Chosen(points, targets, i => i % Folds != held);
            part.Move(rows, y);
            (rows, y) = Chosen(points, targets, i => i % Folds == held);
            asIs += LogDensity(rows, y);
            moved += part.LogDensity(rows, y);
        }

        if (moved >= asIs)
        {
            copy.Move(points, targets);
            copy.Tuning = DeepGaussianTuning.LastLayer;
        }
        else
        {
            copy.Align(points, targets);
            copy.Tuning = DeepGaussianTuning.Affine;
        }

        return copy;
    }

    private static (double[] Rows, double[] Labels) Chosen(double[] points, double[] targets, Func<int, bool> isChosen)
    {
        int columns = points.Length / targets.Length;
        int[] chosen = [.. Enumerable.Range(0, targets.Length).Where(isChosen)];
        return ([.. chosen.SelectMany(i => points[(i * columns)..((i + 1) * columns)])], [.. chosen.Select(i => targets[i])]);
    }

    private DeepGaussianProcess Copy()
    {
        DeepGaussianNetwork own = network!;
        var copied = new DeepGaussianNetwork(
            [.. own.Layers.Select(layer => new GaussianLayer(options.Covariance, layer.Inputs, layer.Outputs, layer.Inducing, layer.Offset, layer.Map))],
            (double[])own.Parameters.Clone());
        copied.Prepare();
        return new DeepGaussianProcess(options) { network = copied, scales = scales, slope = slope, shift = shift, Tuning = Tuning, Loss = Loss };
    }

    private void Move(double[] points, double[] targets)
    {
        DeepGaussianNetwork own = network!;
        GaussianLayer last = own.Last;
        int m = last.Inducing;
        own.Forward(points, targets.Length, []);
        double[] start = own.Parameters[last.Means..(last.Means + m)];
        double[] before = (double[])last.Mean.Clone();
        double first = Math.Exp(own.LogNoise);
        double noise = first;
        double strength = 1 / (options.TuningPrior * options.TuningPrior);

        // Means given the noise, noise given the means: three rounds settle.
        for (int round = 0; round < 3; round++)
        {
            double[] residual = [.. targets.Zip(before, (y, mean) => y - mean)];
            (double[] matrix, double[] right) = own.Normal(residual, 1 / noise);
            for (int i = 0; i < m; i++)
            {
                matrix[(i * m) + i] += strength;
            }

            CholeskyFactor factor = CholeskyFactor.Of(matrix, m);
            factor.SolveLower(right);
            factor.SolveUpper(right);
            for (int i = 0; i < m; i++)
            {
                own.Parameters[last.Means + i] = start[i] + right[i];
                Rows.AddScaled(residual, last.Projections.AsSpan(i * targets.Length, targets.Length), -right[i]);
            }

            noise = Math.Max(1e-5, ((NoiseStrength * first) + Rows.Dot(residual, residual)) / (NoiseStrength + targets.Length));
        }

        own.LogNoise = Math.Log(noise);
    }

    /// <summary>Least squares of targets on predictions, drawn towards slope 1 and shift 0 by the weight of a few rows.</summary>
    private void Align(double[] points, double[] targets)
    {
        const double Strength = 4;
        network!.Forward(points, targets.Length, []);
        double[] mean = network.Last.Mean;
        double average = mean.Average();
        double offset = (targets.Sum() - mean.Sum()) / (targets.Length + Strength);
        double squares = mean.Sum(value => (value - average) * (value - average));
        double product = mean.Zip(targets, (value, y) => (value - average) * y).Sum();
        double gain = (Strength + product) / (Strength + squares);
        shift = (slope * shift) + offset + ((1 - gain) * average);
        slope *= gain;
    }

    private double LogDensity(double[] points, double[] targets)
    {
        network!.Forward(points, targets.Length, []);
        double sum = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            double variance = network.Last.Spread[i] + Math.Exp(network.LogNoise);
            double difference = targets[i] - network.Last.Mean[i];
            sum -= 0.5 * (Math.Log(2 * Math.PI * variance) + (difference * difference / variance));
        }

        return sum;
    }
}
