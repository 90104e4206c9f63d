namespace Attune.Learning.Gaussian;

/// <summary>
/// Exact Gaussian process regression with automatic relevance determination (Rasmussen and Williams 2006, algorithm 2.1): mean k*^T alpha, variance
/// k** - |L^-1 k*|^2. Hyperparameters maximise the marginal likelihood by L-BFGS, from where the last fit ended. A fit costs about N^3 / 2 per evaluation:
/// for hundreds of rows; <see cref="SparseGaussianProcess"/> for more. Deterministic. One thread at a time.
/// </summary>
public sealed class GaussianProcess : IUncertainEvaluation
{
    private const int Block = 256;
    private readonly GaussianProcessOptions options;
    private double[]? parameters;
    private Standardisation? scales;
    private double[] scaled = [];
    private double[] linear = [];
    private double[] alpha = [];
    private CholeskyFactor? factor;

    /// <summary>Makes an untrained process.</summary>
    /// <param name="options">Parameters; null takes the defaults.</param>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public GaussianProcess(GaussianProcessOptions? options = null) => this.options = (options ?? new GaussianProcessOptions()).Validated();

    /// <summary>Log marginal likelihood of the standardised labels at the fitted parameters, priors included; 0 before a fit.</summary>
    public double LogLikelihood { get; private set; }

    /// <summary>Standard deviation of the noise that was fitted, in the unit of the labels; 0 before a fit.</summary>
    public double NoiseDeviation => parameters is null ? 0 : Math.Exp(parameters[^1] / 2) * scales!.LabelScale;

    /// <inheritdoc/>
    /// <remarks>A weight w divides the noise variance of its row; rows of weight 0 are left out.</remarks>
    /// <exception cref="ArgumentException">Labels or weights do not match the rows, or no row is left.</exception>
    public void Fit(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights) => Learn(features, labels, weights, options.Evaluations);

    /// <summary>
    /// Takes a table with more rows in but keeps the hyperparameters of the last fit, which costs N^3 / 6 once. Without an earlier fit it is a fit.
    /// </summary>
    /// <exception cref="ArgumentException">Labels or weights do not match the rows, or no row is left.</exception>
    public void Update(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights) =>
        Learn(features, labels, weights, scales?.Columns == features.Columns ? 0 : options.Evaluations);

    private void Learn(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, int evaluations)
    {
        TrainingRows rows = TrainingRows.Of(features, labels, weights, options.LinearColumns);
        var likelihood = new MarginalLikelihood(options, rows.Points, rows.Linear, rows.Labels, rows.NoiseFactors, rows.Ignored);
        if (parameters?.Length != likelihood.Parameters)
        {
            parameters = likelihood.Start();
        }

        if (evaluations > 0)
        {
            LogLikelihood = -LimitedMemoryBfgs.Minimise(likelihood.Evaluate, parameters, evaluations);
        }

        factor = likelihood.Factor(likelihood.Matrix(parameters, null, out scaled), parameters[^1]);
        alpha = rows.Labels;
        factor.SolveLower(alpha);
        factor.SolveUpper(alpha);
        linear = rows.Linear;
        scales = rows.Scales;
    }

    /// <inheritdoc/>
    public float Predict(ReadOnlySpan<float> features)
    {
        Standardisation known = Known(features.Length);
        var row = new double[features.Length];
        known.Apply(features, row);
        double[] covariances = Against(row, 1);
        return (float)(known.LabelShift + (known.LabelScale * Rows.Dot(covariances, alpha)));
    }

    /// <inheritdoc/>
    public void Predict(FeatureTable features, Span<Estimate> estimates)
    {
        Standardisation known = Known(features.Columns);
        double[] rows = known.Apply(features);
        int columns = features.Columns;
        for (int start = 0; start < features.Rows; start += Block)
        {
            int count = Math.Min(Block, features.Rows - start);
            ReadOnlySpan<double> block = rows.AsSpan(start * columns, count * columns);
            double[] covariances = Against(block, count);
            var mean = new double[count];
            var variance = new double[count];
            OwnVariances(block, count, variance);
            for (int i = 0; i < alpha.Length; i++)
            {
                Rows.AddScaled(mean, covariances.AsSpan(i * count, count), alpha[i]);
            }

            factor!.SolveLower(covariances, count);
            for (int i = 0; i < alpha.Length; i++)
            {
                Rows.AddSquares(variance, covariances.AsSpan(i * count, count), -1);
            }

            for (int i = 0; i < count; i++)
            {
                estimates[start + i] = new Estimate(known.LabelShift + (known.LabelScale * mean[i]), known.LabelScale * Math.Sqrt(Math.Max(0, variance[i])));
            }
        }
    }

    private Standardisation Known(int columns)
    {
        Standardisation known = scales ?? throw new InvalidOperationException("The Gaussian process was asked for a prediction before it was fitted.");
        return columns == known.Columns
            ? known
            : throw new ArgumentException($"The model was fitted on {known.Columns} features, not {columns}.", nameof(columns));
    }

    /// <summary>Covariances of the training rows with others, training rows x others.</summary>
    private double[] Against(ReadOnlySpan<double> rows, int count)
    {
        int all = scales!.Columns;
        int stationary = all - options.LinearColumns;
        var points = new double[count * stationary];
        for (int i = 0; i < count; i++)
        {
            rows.Slice(i * all, stationary).CopyTo(points.AsSpan(i * stationary));
        }

        var values = new double[alpha.Length * count];
        double variance = Math.Exp(parameters![stationary]);
        if (stationary == 0)
        {
            Array.Fill(values, variance);
        }
        else
        {
            Covariance.Fill(options.Covariance, variance, scaled, Covariance.Scaled(points, stationary, parameters.AsSpan(0, stationary)), stationary, values);
        }

        for (int c = 0; c < options.LinearColumns; c++)
        {
            double v = Math.Exp(parameters[stationary + 1 + c]);
            for (int i = 0; i < alpha.Length; i++)
            {
                double weight = v * linear[(i * options.LinearColumns) + c];
                for (int j = 0; j < count; j++)
                {
                    values[(i * count) + j] += weight * rows[(j * all) + stationary + c];
                }
            }
        }

        return values;
    }

    private void OwnVariances(ReadOnlySpan<double> rows, int count, double[] variance)
    {
        int all = scales!.Columns;
        int stationary = all - options.LinearColumns;
        Array.Fill(variance, Math.Exp(parameters![stationary]));
        for (int j = 0; j < count; j++)
        {
            for (int c = 0; c < options.LinearColumns; c++)
            {
                double value = rows[(j * all) + stationary + c];
                variance[j] += Math.Exp(parameters[stationary + 1 + c]) * value * value;
            }
        }
    }
}
