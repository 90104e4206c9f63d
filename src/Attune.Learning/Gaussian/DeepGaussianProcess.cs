using Attune.Learning.Networks;
using Attune.Numerics;

namespace Attune.Learning.Gaussian;

/// <summary>
/// Doubly stochastic variational deep Gaussian process (Salimbeni and Deisenroth, NeurIPS 2017), the model of the ICCV 2021 transfer method: learns from the
/// records of earlier tasks by minibatches (Adam, Kullback-Leibler term warmed up over the first half, step length cut to 0.3 at 70 %), then is tuned to a new
/// task by MAP on its last layer (<see cref="Tune"/>). One step costs about rows * M^2 * (3 + 2 width) multiply-adds. Deterministic for its seed. One thread at
/// a time.
/// </summary>
public sealed partial class DeepGaussianProcess : IUncertainEvaluation
{
    private const int Block = 256;
    private readonly DeepGaussianOptions options;
    private Standardisation? scales;
    private DeepGaussianNetwork? network;
    private double slope = 1;
    private double shift;

    /// <summary>Makes an untrained process.</summary>
    /// <param name="options">Parameters; null takes the defaults.</param>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public DeepGaussianProcess(DeepGaussianOptions? options = null) => this.options = (options ?? new DeepGaussianOptions()).Validated();

    /// <summary>Whether and how this process was tuned.</summary>
    public DeepGaussianTuning Tuning { get; private set; }

    /// <summary>Columns that were fitted; 0 before a fit.</summary>
    public int Columns => scales?.Columns ?? 0;

    /// <summary>Negative evidence lower bound per row at the end of the last fit, a running mean over the last steps; 0 before a fit.</summary>
    public double Loss { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Labels or weights do not match the rows, or no row is left.</exception>
    public void Fit(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        TrainingRows rows = TrainingRows.Of(features, labels, weights, 0);
        scales = rows.Scales;
        var random = new Random(options.Seed);
        network = DeepGaussianStart.Make(rows, options, random);
        (Tuning, slope, shift) = (DeepGaussianTuning.None, 1, 0);
        Train(rows, random);
        network.Prepare();
    }

    /// <inheritdoc/>
    public float Predict(ReadOnlySpan<float> features)
    {
        var table = new FeatureTable(features.Length, 1);
        table.Add(features);
        var estimate = new Estimate[1];
        Predict(table, estimate);
        return (float)estimate[0].Mean;
    }

    /// <inheritdoc/>
    public void Predict(FeatureTable features, Span<Estimate> estimates)
    {
        Standardisation known = Known(features.Columns);
        int samples = network!.Layers.Count == 1 ? 1 : options.PredictionSamples;
        double[] normals = Normals(samples);
        double[] rows = known.Apply(features);
        for (int start = 0; start < features.Rows; start += Block)
        {
            int count = Math.Min(Block, features.Rows - start);
            double[] block = rows[(start * features.Columns)..((start + count) * features.Columns)];
            (double[] mean, double[] variance) = Sampled(block, count, samples, normals);
            for (int i = 0; i < count; i++)
            {
                estimates[start + i] = new Estimate(
                    known.LabelShift + (known.LabelScale * ((slope * mean[i]) + shift)),
                    known.LabelScale * Math.Abs(slope) * Math.Sqrt(Math.Max(0, variance[i])));
            }
        }
    }

    private (double[] Mean, double[] Variance) Sampled(double[] block, int count, int samples, double[] normals)
    {
        var mean = new double[count];
        var second = new double[count];
        int each = network!.NormalsPerRow;
        var repeated = new double[each * count];
        for (int s = 0; s < samples; s++)
        {
            // The same draw for all rows: their order is then that of one sampled function, not of independent noise.
            for (int k = 0; k < each; k++)
            {
                repeated.AsSpan(k * count, count).Fill(normals[(s * each) + k]);
            }

            network.Forward(block, count, repeated);
            for (int i = 0; i < count; i++)
            {
                double m = network.Last.Mean[i];
                mean[i] += m / samples;
                second[i] += (network.Last.Spread[i] + (m * m)) / samples;
            }
        }

        for (int i = 0; i < count; i++)
        {
            second[i] -= mean[i] * mean[i];
        }

        return (mean, second);
    }

    /// <summary>Normal draws for prediction, in pairs of opposite sign so that their mean is 0.</summary>
    private double[] Normals(int samples)
    {
        int each = network!.NormalsPerRow;
        var random = new Random(unchecked((options.Seed * 31) + 17));
        var normals = new double[samples * each];
        for (int s = 0; s < samples; s++)
        {
            for (int k = 0; k < each; k++)
            {
                normals[(s * each) + k] = s % 2 == 1 ? -normals[((s - 1) * each) + k] : s == samples - 1 ? 0 : NormalDistribution.Draw(random);
            }
        }

        return normals;
    }

    private void Train(TrainingRows rows, Random random)
    {
        double[] parameters = network!.Parameters;
        var gradient = new double[parameters.Length];
        var optimizer = new Adam<double>(parameters.Length);
        int all = rows.Labels.Length;
        int batch = Math.Min(options.Batch, all);
        int columns = rows.Ignored.Length;
        var order = Enumerable.Range(0, all).ToArray();
        int next = all;
        var inputs = new double[batch * options.Samples * columns];
        var labels = new double[batch * options.Samples];
        var normals = new double[batch * options.Samples * network.NormalsPerRow];
        double best = 0;
        for (int step = 0; step < options.Steps; step++)
        {
            if (next + batch > all)
            {
                random.Shuffle(order);
                next = 0;
            }

            for (int i = 0; i < labels.Length; i++)
            {
                int row = order[next + (i % batch)];
                rows.Points.AsSpan(row * columns, columns).CopyTo(inputs.AsSpan(i * columns));
                labels[i] = rows.Labels[row];
            }

            next += batch;
            NormalDistribution.Fill(random, normals);
            double done = (double)step / options.Steps;
            double warmth = done < 0.5 ? 0.1 + (1.8 * done) : 1;
            double loss = network.Loss(inputs, labels, (double)all / labels.Length, normals, warmth, gradient) / all;
            best = step == 0 ? loss : (0.95 * best) + (0.05 * loss);
            Rows.Scale(gradient, 1.0 / all);
            if (Shorten(gradient))
            {
                optimizer.Step(parameters, gradient, (done < 0.7 ? 1 : 0.3) * options.Rate);
            }

            network.Clamp();
        }

        Loss = best;
    }

    /// <summary>
    /// Shortens a gradient to ten times the root of its length, where the network's surface is steep; false where it is not finite: such a step is skipped.
    /// </summary>
    private static bool Shorten(double[] gradient)
    {
        double norm = Math.Sqrt(Rows.Dot(gradient, gradient));
        double limit = 10 * Math.Sqrt(gradient.Length);
        if (norm > limit)
        {
            Rows.Scale(gradient, limit / norm);
        }

        return double.IsFinite(norm);
    }

    private Standardisation Known(int columns)
    {
        Standardisation known = scales ?? throw new InvalidOperationException("The deep Gaussian process was asked for a prediction before it was fitted.");
        return columns == known.Columns
            ? known
            : throw new ArgumentException($"The model was fitted on {known.Columns} features, not {columns}.", nameof(columns));
    }
}
