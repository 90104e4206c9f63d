namespace Attune.Learning.Gaussian;

/// <summary>
/// Sparse Gaussian process regression by inducing points (SGPR, Titsias 2009): a lower bound of the marginal likelihood with M points standing for all N, so a
/// fit costs about 2 N M^2 per evaluation instead of N^3 / 2. The bound is that of a single variational layer with its posterior in closed form, so its
/// gradient is the layer's gradient there. Inducing points stay at k-means centres. Deterministic for a seed. One thread at a time.
/// </summary>
public sealed class SparseGaussianProcess : IUncertainEvaluation
{
    private const int Block = 256;
    private readonly GaussianProcessOptions options;
    private readonly int seed;
    private Standardisation? scales;
    private DeepGaussianNetwork? network;

    /// <summary>Makes an untrained process.</summary>
    /// <param name="options">Parameters; null takes the defaults.</param>
    /// <param name="seed">Seed of the choice of inducing points.</param>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public SparseGaussianProcess(GaussianProcessOptions? options = null, int seed = 1)
    {
        this.options = (options ?? new GaussianProcessOptions()).Validated();
        this.seed = seed;
    }

    /// <summary>The lower bound of the log marginal likelihood of the standardised labels, priors left out; 0 before a fit.</summary>
    public double Bound { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Labels or weights do not match the rows, or no row is left.</exception>
    public void Fit(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        TrainingRows rows = TrainingRows.Of(features, labels, weights, 0);
        scales = rows.Scales;
        int columns = features.Columns;
        double[] z = InducingPoints.Choose(rows.Points, columns, options.InducingPoints, new Random(seed));
        var layer = new GaussianLayer(options.Covariance, columns, 1, z.Length / columns, 0, null);
        var parameters = new double[layer.End + 1];
        z.CopyTo(parameters, 0);
        double centre = Math.Log(options.LengthScale * Math.Sqrt(Math.Max(1, rows.Ignored.Count(no => !no))));
        Array.Fill(parameters, centre, layer.Lengths, columns);
        parameters[^1] = Math.Log(options.Noise);
        network = new DeepGaussianNetwork([layer], parameters);
        network.CollapseLast(rows.Points, rows.Labels, 1);

        // Trained: length scales, variance, noise; they lie side by side but for the noise.
        double[] point = [.. parameters.AsSpan(layer.Lengths, columns + 1), parameters[^1]];
        if (options.Evaluations > 0)
        {
            LimitedMemoryBfgs.Minimise((at, slope) => Evaluate(rows, layer, centre, at, slope), point, options.Evaluations);
        }

        Bound = -Evaluate(rows, layer, double.NaN, point, new double[point.Length]);
    }

    /// <inheritdoc/>
    public float Predict(ReadOnlySpan<float> features)
    {
        Standardisation known = Known(features.Length);
        var row = new double[features.Length];
        known.Apply(features, row);
        network!.Forward(row, 1, []);
        return (float)(known.LabelShift + (known.LabelScale * network.Last.Mean[0]));
    }

    /// <inheritdoc/>
    public void Predict(FeatureTable features, Span<Estimate> estimates)
    {
        Standardisation known = Known(features.Columns);
        double[] rows = known.Apply(features);
        for (int start = 0; start < features.Rows; start += Block)
        {
            int count = Math.Min(Block, features.Rows - start);
            network!.Forward(rows[(start * features.Columns)..((start + count) * features.Columns)], count, []);
            for (int i = 0; i < count; i++)
            {
                estimates[start + i] = new Estimate(
                    known.LabelShift + (known.LabelScale * network.Last.Mean[i]),
                    known.LabelScale * Math.Sqrt(Math.Max(0, network.Last.Spread[i])));
            }
        }
    }

    private double Evaluate(TrainingRows rows, GaussianLayer layer, double centre, ReadOnlySpan<double> at, Span<double> slope)
    {
        foreach (double parameter in at)
        {
            if (!(Math.Abs(parameter) < 20))
            {
                return double.PositiveInfinity;
            }
        }

        int columns = rows.Ignored.Length;
        at[..^1].CopyTo(network!.Parameters.AsSpan(layer.Lengths));
        network.LogNoise = Math.Max(-12, at[^1]);
        network.CollapseLast(rows.Points, rows.Labels, 1);
        var gradient = new double[network.Parameters.Length];
        double loss = network.Loss(rows.Points, rows.Labels, 1, [], 1, gradient);
        gradient.AsSpan(layer.Lengths, columns + 1).CopyTo(slope);
        slope[^1] = at[^1] < -12 ? 0 : gradient[^1];
        for (int k = 0; k < columns && !double.IsNaN(centre); k++)
        {
            if (rows.Ignored[k])
            {
                slope[k] = 0;
                continue;
            }

            double distance = at[k] - centre;
            loss += 0.5 * distance * distance / (options.LengthPrior * options.LengthPrior);
            slope[k] += distance / (options.LengthPrior * options.LengthPrior);
        }

        return loss;
    }

    private Standardisation Known(int columns)
    {
        Standardisation known = scales ?? throw new InvalidOperationException("The sparse Gaussian process was asked for a prediction before it was fitted.");
        return columns == known.Columns
            ? known
            : throw new ArgumentException($"The model was fitted on {known.Columns} features, not {columns}.", nameof(columns));
    }
}
