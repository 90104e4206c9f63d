namespace Attune.Learning.Gaussian;

/// <summary>
/// One layer of a doubly stochastic variational deep Gaussian process (Salimbeni and Deisenroth 2017; tuning.md 3.2 to 3.4): Do outputs, each a sparse process
/// with the shared covariance k, inducing inputs Z (M x Di) and whitened inducing values v_d with q(v_d) = N(m_d, T_d T_d^T), T_d lower triangular, prior N(0,
/// I). The mean function is a fixed linear map, or zero. Parameters live in the model's flat vector: Z, log length scales, log variance, all m_d, all T_d (full
/// squares). Holds what the backward pass needs of the last forward pass. One thread at a time.
/// </summary>
internal sealed class GaussianLayer
{
    /// <summary>Added to the diagonal of K(Z, Z), which is of order 1.</summary>
    public const double Jitter = 1e-6;

    private readonly CovarianceKind kind;
    private CholeskyFactor? factor;
    private double[] scaledZ = [];
    private double[] kuu = [];
    private double[] kuuSlopes = [];
    private double[] scaledF = [];
    private double[] kuf = [];
    private double[] kufSlopes = [];
    private double[] b = [];
    private int rows;

    public GaussianLayer(CovarianceKind kind, int inputs, int outputs, int inducing, int offset, double[]? map)
    {
        this.kind = kind;
        Inputs = inputs;
        Outputs = outputs;
        Inducing = inducing;
        Offset = offset;
        Map = map;
    }

    public int Inputs { get; }

    public int Outputs { get; }

    public int Inducing { get; }

    /// <summary>Mean function, inputs x outputs, row-major; null is zero.</summary>
    public double[]? Map { get; }

    public int Offset { get; }

    public int Lengths => Offset + (Inducing * Inputs);

    public int Variance => Lengths + Inputs;

    public int Means => Variance + 1;

    public int Roots => Means + (Outputs * Inducing);

    public int End => Roots + (Outputs * Inducing * Inducing);

    /// <summary>A = L^-1 K(Z, F) of the last forward pass, M x rows.</summary>
    public double[] Projections { get; private set; } = [];

    /// <summary>Means of the last forward pass, outputs x rows.</summary>
    public double[] Mean { get; private set; } = [];

    /// <summary>Variances of the last forward pass, outputs x rows.</summary>
    public double[] Spread { get; private set; } = [];

    /// <summary>Factors K(Z, Z) for these parameters; needed before a forward pass whenever Z or the covariance changed.</summary>
    public void Prepare(double[] p)
    {
        scaledZ = Covariance.Scaled(p.AsSpan(Offset, Inducing * Inputs), Inputs, p.AsSpan(Lengths, Inputs));
        kuu = new double[Inducing * Inducing];
        kuuSlopes = new double[Inducing * Inducing];
        Covariance.Fill(kind, Math.Exp(p[Variance]), scaledZ, scaledZ, Inputs, kuu, kuuSlopes);
        factor = null;
        for (double added = Jitter; factor is null; added *= 10)
        {
            factor = added < 0.1
                ? CholeskyFactor.TryOf(kuu, Inducing, added)
                : throw new ArithmeticException(
                    $"The covariance of {Inducing} inducing points is not positive definite; the parameters of the layer are not finite.");
        }
    }

    /// <summary>Means and variances for inputs (rows x Di, row-major).</summary>
    public void Forward(double[] p, double[] inputs, int count)
    {
        rows = count;
        double variance = Math.Exp(p[Variance]);
        scaledF = Covariance.Scaled(inputs.AsSpan(0, count * Inputs), Inputs, p.AsSpan(Lengths, Inputs));
        kuf = new double[Inducing * count];
        kufSlopes = new double[Inducing * count];
        Covariance.Fill(kind, variance, scaledZ, scaledF, Inputs, kuf, kufSlopes);
        Projections = (double[])kuf.Clone();
        factor!.SolveLower(Projections, count);
        Mean = new double[Outputs * count];
        Spread = new double[Outputs * count];
        var common = new double[count];
        Array.Fill(common, variance);
        for (int i = 0; i < Inducing; i++)
        {
            Rows.AddSquares(common, Projection(i), -1);
        }

        b = new double[Outputs * Inducing * count];
        for (int d = 0; d < Outputs; d++)
        {
            Span<double> mean = Mean.AsSpan(d * count, count);
            Span<double> spread = Spread.AsSpan(d * count, count);
            common.CopyTo(spread);
            AddMap(inputs, d, mean);
            for (int i = 0; i < Inducing; i++)
            {
                Rows.AddScaled(mean, Projection(i), p[Means + (d * Inducing) + i]);
                ReadOnlySpan<double> root = p.AsSpan(Roots + (((d * Inducing) + i) * Inducing), i + 1);
                for (int j = 0; j <= i; j++)
                {
                    Rows.AddScaled(B(d, j), Projection(i), root[j]);
                }
            }

            for (int j = 0; j < Inducing; j++)
            {
                Rows.AddSquares(spread, B(d, j), 1);
            }
        }
    }

    /// <summary>Adds the gradients of this layer's parameters, and writes that of its inputs (rows x Di) when a place is given.</summary>
    /// <param name="p">Parameters of the last forward pass.</param>
    /// <param name="meanGradient">Derivative with respect to <see cref="Mean"/>.</param>
    /// <param name="spreadGradient">Derivative with respect to <see cref="Spread"/>.</param>
    /// <param name="gradient">The model's gradient.</param>
    /// <param name="inputGradient">Receives the derivative with respect to the inputs; empty to skip.</param>
    public void Backward(double[] p, double[] meanGradient, double[] spreadGradient, double[] gradient, double[] inputGradient)
    {
        double[] da = ProjectionGradient(p, meanGradient, spreadGradient, gradient);
        factor!.SolveUpper(da, rows);
        double[] dkuu = CovarianceGradient(da);
        gradient[Variance] += (Math.Exp(p[Variance]) * Rows.Sum(spreadGradient)) + Rows.Dot(dkuu, kuu) + Rows.Dot(da, kuf);

        Span<double> dz = gradient.AsSpan(Offset, Inducing * Inputs);
        Span<double> lengths = gradient.AsSpan(Lengths, Inputs);
        CovarianceBackward.Apply(dkuu, kuuSlopes, scaledZ, scaledZ, p.AsSpan(Lengths, Inputs), lengths, dz, default);
        CovarianceBackward.Apply(da, kufSlopes, scaledZ, scaledF, p.AsSpan(Lengths, Inputs), lengths, dz, inputGradient);
        if (inputGradient.Length > 0 && Map is not null)
        {
            for (int i = 0; i < rows; i++)
            {
                for (int k = 0; k < Inputs; k++)
                {
                    for (int d = 0; d < Outputs; d++)
                    {
                        inputGradient[(i * Inputs) + k] += Map[(k * Outputs) + d] * meanGradient[(d * rows) + i];
                    }
                }
            }
        }
    }

    /// <summary>Kullback-Leibler divergence of q from the prior; adds its gradient times a weight.</summary>
    public double AddDivergence(double[] p, double[] gradient, double weight)
    {
        double sum = 0;
        for (int d = 0; d < Outputs; d++)
        {
            for (int i = 0; i < Inducing; i++)
            {
                int at = Means + (d * Inducing) + i;
                sum += (p[at] * p[at]) - 1;
                gradient[at] += weight * p[at];
                int row = Roots + (((d * Inducing) + i) * Inducing);
                for (int j = 0; j <= i; j++)
                {
                    sum += p[row + j] * p[row + j];
                    gradient[row + j] += weight * p[row + j];
                }

                sum -= 2 * Math.Log(Math.Abs(p[row + i]));
                gradient[row + i] -= weight / p[row + i];
            }
        }

        return 0.5 * sum;
    }

    /// <summary>dA from the outputs, and the gradients of m and T on the way.</summary>
    private double[] ProjectionGradient(double[] p, double[] meanGradient, double[] spreadGradient, double[] gradient)
    {
        var da = new double[Inducing * rows];
        var total = new double[rows];
        var db = new double[Inducing * rows];
        for (int d = 0; d < Outputs; d++)
        {
            ReadOnlySpan<double> gm = meanGradient.AsSpan(d * rows, rows);
            ReadOnlySpan<double> gv = spreadGradient.AsSpan(d * rows, rows);
            Rows.AddScaled(total, gv, 1);
            for (int j = 0; j < Inducing; j++)
            {
                Span<double> source = B(d, j);
                for (int i = 0; i < rows; i++)
                {
                    db[(j * rows) + i] = 2 * source[i] * gv[i];
                }
            }

            for (int i = 0; i < Inducing; i++)
            {
                ReadOnlySpan<double> projection = Projection(i);
                Span<double> target = da.AsSpan(i * rows, rows);
                gradient[Means + (d * Inducing) + i] += Rows.Dot(projection, gm);
                Rows.AddScaled(target, gm, p[Means + (d * Inducing) + i]);
                int row = Roots + (((d * Inducing) + i) * Inducing);
                for (int j = 0; j <= i; j++)
                {
                    ReadOnlySpan<double> dbj = db.AsSpan(j * rows, rows);
                    gradient[row + j] += Rows.Dot(projection, dbj);
                    Rows.AddScaled(target, dbj, p[row + j]);
                }
            }
        }

        for (int i = 0; i < Inducing; i++)
        {
            ReadOnlySpan<double> projection = Projection(i);
            for (int j = 0; j < rows; j++)
            {
                da[(i * rows) + j] -= 2 * projection[j] * total[j];
            }
        }

        return da;
    }

    /// <summary>Derivative with respect to K(Z, Z) from that with respect to K(Z, F) through the Cholesky factor.</summary>
    private double[] CovarianceGradient(double[] dkuf)
    {
        int m = Inducing;
        var dl = new double[m * m];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                dl[(i * m) + j] = -Rows.Dot(dkuf.AsSpan(i * rows, rows), Projection(j));
            }
        }

        // P = lower triangle of L^T dL with its diagonal halved, built by rank-one additions of rows.
        var product = new double[m * m];
        for (int k = 0; k < m; k++)
        {
            ReadOnlySpan<double> l = factor!.Row(k);
            for (int i = 0; i <= k; i++)
            {
                Rows.AddScaled(product.AsSpan(i * m, i + 1), dl.AsSpan(k * m, i + 1), l[i]);
            }
        }

        for (int i = 0; i < m; i++)
        {
            product[(i * m) + i] *= 0.5;
        }

        factor!.SolveUpper(product, m);
        double[] other = Transposed(product, m);
        factor.SolveUpper(other, m);
        double[] result = Transposed(other, m);
        Rows.AddScaled(result, other, 1);
        Rows.Scale(result, 0.5);
        return result;
    }

    private static double[] Transposed(double[] matrix, int size)
    {
        var transposed = new double[matrix.Length];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                transposed[(j * size) + i] = matrix[(i * size) + j];
            }
        }

        return transposed;
    }

    private void AddMap(double[] inputs, int output, Span<double> mean)
    {
        for (int i = 0; Map is not null && i < mean.Length; i++)
        {
            for (int k = 0; k < Inputs; k++)
            {
                mean[i] += inputs[(i * Inputs) + k] * Map[(k * Outputs) + output];
            }
        }
    }

    private ReadOnlySpan<double> Projection(int i) => Projections.AsSpan(i * rows, rows);

    private Span<double> B(int d, int j) => b.AsSpan(((d * Inducing) + j) * rows, rows);
}
