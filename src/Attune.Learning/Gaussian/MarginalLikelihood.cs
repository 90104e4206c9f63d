namespace Attune.Learning.Gaussian;

/// <summary>
/// The negative log marginal likelihood of an exact Gaussian process with its gradient (tuning.md 3.9): -log p(y) = 0.5 y^T alpha + sum log L_ii + N/2 log 2
/// pi, d/dtheta = -0.5 tr((alpha alpha^T - K^-1) dK/dtheta), plus the normal priors of the options on the logarithms. Parameters: log length scales of the
/// stationary columns, log variance, log variances of the linear columns, log noise. One evaluation costs about N^3 / 2.
/// </summary>
internal sealed class MarginalLikelihood
{
    private const double MinNoise = -14;
    private readonly GaussianProcessOptions options;
    private readonly double[] points;
    private readonly double[] linear;
    private readonly double[] labels;
    private readonly double[] noiseFactors;
    private readonly int columns;
    private readonly int linears;
    private readonly bool[] ignored;
    private readonly double centre;

    /// <summary>Takes the data in.</summary>
    /// <param name="options">Kind and priors.</param>
    /// <param name="points">Stationary columns, standardised, row-major.</param>
    /// <param name="linear">Linear columns, row-major.</param>
    /// <param name="labels">Standardised labels.</param>
    /// <param name="noiseFactors">Noise variance per row relative to the common one.</param>
    /// <param name="ignored">Stationary columns that do not vary; their length scales stay.</param>
    public MarginalLikelihood(GaussianProcessOptions options, double[] points, double[] linear, double[] labels, double[] noiseFactors, bool[] ignored)
    {
        this.options = options;
        this.points = points;
        this.linear = linear;
        this.labels = labels;
        this.noiseFactors = noiseFactors;
        this.ignored = ignored;
        columns = ignored.Length;
        linears = linear.Length / labels.Length;
        centre = CentreOf(options, ignored);
    }

    public int Parameters => columns + linears + 2;

    /// <summary>Where the search for parameters starts.</summary>
    public double[] Start()
    {
        var parameters = new double[Parameters];
        Array.Fill(parameters, centre, 0, columns);
        Array.Fill(parameters, Math.Log(0.3), columns + 1, linears);
        parameters[^1] = Math.Log(options.Noise);
        return parameters;
    }

    /// <summary>The covariance matrix of the labels, without noise.</summary>
    public double[] Matrix(ReadOnlySpan<double> parameters, double[]? slopes, out double[] scaled)
    {
        int n = labels.Length;
        scaled = Covariance.Scaled(points, columns, parameters[..columns]);
        var matrix = new double[n * n];
        if (columns == 0)
        {
            Array.Fill(matrix, Math.Exp(parameters[0]));
        }
        else
        {
            Covariance.Fill(options.Covariance, Math.Exp(parameters[columns]), scaled, scaled, columns, matrix, slopes);
        }

        for (int c = 0; c < linears; c++)
        {
            double variance = Math.Exp(parameters[columns + 1 + c]);
            for (int i = 0; i < n; i++)
            {
                double factor = variance * linear[(i * linears) + c];
                for (int j = 0; j < n; j++)
                {
                    matrix[(i * n) + j] += factor * linear[(j * linears) + c];
                }
            }
        }

        return matrix;
    }

    /// <summary>Adds the noise to a covariance matrix and factors it.</summary>
    public CholeskyFactor Factor(double[] matrix, double logNoise)
    {
        int n = labels.Length;
        var noisy = (double[])matrix.Clone();
        double noise = Math.Exp(Math.Max(MinNoise, logNoise));
        for (int i = 0; i < n; i++)
        {
            noisy[(i * n) + i] += noise * noiseFactors[i];
        }

        return CholeskyFactor.Of(noisy, n);
    }

    /// <summary>Value and gradient; positive infinity where the parameters are absurd.</summary>
    public double Evaluate(ReadOnlySpan<double> parameters, Span<double> gradient)
    {
        int n = labels.Length;
        gradient.Clear();
        foreach (double parameter in parameters)
        {
            if (!(Math.Abs(parameter) < 25))
            {
                return double.PositiveInfinity;
            }
        }

        var slopes = new double[n * n];
        double[] matrix = Matrix(parameters, slopes, out double[] scaled);
        CholeskyFactor factor = Factor(matrix, parameters[^1]);
        double[] alpha = [.. labels];
        factor.SolveLower(alpha);
        factor.SolveUpper(alpha);
        double value = (0.5 * Rows.Dot(labels, alpha)) + factor.HalfLogDeterminant + (0.5 * n * Math.Log(2 * Math.PI));

        // adjoint = d value / dK = 0.5 (K^-1 - alpha alpha^T).
        double[] adjoint = factor.Inverse();
        for (int i = 0; i < n; i++)
        {
            Span<double> row = adjoint.AsSpan(i * n, n);
            Rows.AddScaled(row, alpha, -alpha[i]);
            Rows.Scale(row, 0.5);
        }

        double noise = Math.Exp(Math.Max(MinNoise, parameters[^1]));
        for (int i = 0; i < n; i++)
        {
            gradient[^1] += parameters[^1] > MinNoise ? noise * noiseFactors[i] * adjoint[(i * n) + i] : 0;
        }

        AddLinear(parameters, adjoint, gradient, out double linearPart);
        gradient[columns] = Rows.Dot(adjoint, matrix) - linearPart;
        AddLengths(adjoint, slopes, scaled, gradient);
        return value + AddPriors(parameters, gradient);
    }

    private static double CentreOf(GaussianProcessOptions options, bool[] ignored) =>
        Math.Log(options.LengthScale * Math.Sqrt(Math.Max(1, ignored.Count(no => !no))));

    private void AddLinear(ReadOnlySpan<double> parameters, double[] adjoint, Span<double> gradient, out double total)
    {
        int n = labels.Length;
        total = 0;
        var column = new double[n];
        for (int c = 0; c < linears; c++)
        {
            for (int i = 0; i < n; i++)
            {
                column[i] = linear[(i * linears) + c];
            }

            double sum = 0;
            for (int i = 0; i < n; i++)
            {
                sum += column[i] * Rows.Dot(adjoint.AsSpan(i * n, n), column);
            }

            gradient[columns + 1 + c] = Math.Exp(parameters[columns + 1 + c]) * sum;
            total += gradient[columns + 1 + c];
        }
    }

    /// <summary>dk/dlog ell_k = h d_k^2, summed as sum_ij W_ij (a_i - a_j)^2 = 2 sum_i r_i a_i^2 - 2 a^T W a with W = adjoint * h and its row sums r.</summary>
    private void AddLengths(double[] adjoint, double[] slopes, double[] scaled, Span<double> gradient)
    {
        int n = labels.Length;
        var column = new double[n];
        for (int i = 0; i < n * n; i++)
        {
            slopes[i] *= adjoint[i];
        }

        for (int k = 0; k < columns; k++)
        {
            if (ignored[k])
            {
                continue;
            }

            for (int i = 0; i < n; i++)
            {
                column[i] = scaled[(i * columns) + k];
            }

            double sum = 0;
            for (int i = 0; i < n; i++)
            {
                ReadOnlySpan<double> row = slopes.AsSpan(i * n, n);
                sum += column[i] * ((column[i] * Rows.Sum(row)) - Rows.Dot(row, column));
            }

            gradient[k] = 2 * sum;
        }
    }

    private double AddPriors(ReadOnlySpan<double> parameters, Span<double> gradient)
    {
        double value = 0;
        for (int k = 0; k < columns; k++)
        {
            value += ignored[k] ? 0 : Add(parameters[k] - centre, options.LengthPrior, ref gradient[k]);
        }

        value += Add(parameters[^1] - Math.Log(options.Noise), options.NoisePrior, ref gradient[^1]);
        for (int c = 0; c < linears && double.IsFinite(options.LengthPrior); c++)
        {
            value += Add(parameters[columns + 1 + c] - Math.Log(0.3), 1.5, ref gradient[columns + 1 + c]);
        }

        return value + (double.IsFinite(options.LengthPrior) ? Add(parameters[columns], 1, ref gradient[columns]) : 0);

        static double Add(double distance, double deviation, ref double slope)
        {
            slope += distance / (deviation * deviation);
            return 0.5 * distance * distance / (deviation * deviation);
        }
    }
}
