namespace Attune.Learning.Gaussian;

/// <summary>
/// The layers of a deep Gaussian process with their flat parameter vector: evidence lower bound, its hand-written gradient (tuning.md 3.3 and 3.4), prediction.
/// Works on standardised data. The last parameter is the log noise variance. One thread at a time.
/// </summary>
internal sealed class DeepGaussianNetwork
{
    private const double SpreadFloor = 1e-6;

    public DeepGaussianNetwork(IReadOnlyList<GaussianLayer> layers, double[] parameters)
    {
        Layers = layers;
        Parameters = parameters;
        if (parameters.Length != layers[^1].End + 1)
        {
            throw new ArgumentException($"{layers.Count} layers need {layers[^1].End + 1} parameters, not {parameters.Length}.", nameof(parameters));
        }
    }

    public IReadOnlyList<GaussianLayer> Layers { get; }

    public double[] Parameters { get; set; }

    public GaussianLayer Last => Layers[^1];

    public double LogNoise
    {
        get => Parameters[^1];
        set => Parameters[^1] = value;
    }

    /// <summary>To be called whenever the parameters changed.</summary>
    public void Prepare()
    {
        foreach (GaussianLayer layer in Layers)
        {
            layer.Prepare(Parameters);
        }
    }

    /// <summary>Standard normal numbers that one pass of rows through the inner layers uses up.</summary>
    public int NormalsPerRow => Layers.Take(Layers.Count - 1).Sum(layer => layer.Outputs);

    /// <summary>Sends rows through all layers; <see cref="Last"/> then holds means and spreads.</summary>
    /// <param name="inputs">Standardised rows.</param>
    /// <param name="count">Rows.</param>
    /// <param name="normals">Standard normal numbers, <see cref="NormalsPerRow"/> per row; empty takes the means of inner layers.</param>
    /// <returns>The rows that entered the last layer.</returns>
    public double[] Forward(double[] inputs, int count, ReadOnlySpan<double> normals)
    {
        int used = 0;
        for (int l = 0; l < Layers.Count; l++)
        {
            GaussianLayer layer = Layers[l];
            layer.Forward(Parameters, inputs, count);
            if (l == Layers.Count - 1)
            {
                break;
            }

            var next = new double[count * layer.Outputs];
            for (int d = 0; d < layer.Outputs; d++)
            {
                for (int i = 0; i < count; i++)
                {
                    int at = (d * count) + i;
                    double noise = normals.IsEmpty ? 0 : normals[used + at];
                    next[(i * layer.Outputs) + d] = layer.Mean[at] + (noise == 0 ? 0 : noise * Math.Sqrt(Math.Max(0, layer.Spread[at]) + SpreadFloor));
                }
            }

            used += layer.Outputs * count;
            inputs = next;
        }

        return inputs;
    }

    /// <summary>Negative evidence lower bound of a batch, scaled to all rows, with its gradient.</summary>
    /// <param name="inputs">Standardised rows.</param>
    /// <param name="labels">One per row.</param>
    /// <param name="share">What one row stands for: all rows / (batch rows), over samples.</param>
    /// <param name="normals">Standard normal numbers of the samples.</param>
    /// <param name="divergenceWeight">Weight of the Kullback-Leibler term, 1 for the bound itself.</param>
    /// <param name="gradient">Overwritten.</param>
    public double Loss(double[] inputs, ReadOnlySpan<double> labels, double share, ReadOnlySpan<double> normals, double divergenceWeight, double[] gradient)
    {
        int count = labels.Length;
        Array.Clear(gradient);
        Prepare();
        Forward(inputs, count, normals);
        double noise = Math.Exp(LogNoise);
        var meanGradient = new double[count];
        var spreadGradient = new double[count];
        double loss = 0;
        for (int i = 0; i < count; i++)
        {
            double residual = labels[i] - Last.Mean[i];
            double square = (residual * residual) + Last.Spread[i];
            loss += share * 0.5 * (Math.Log(2 * Math.PI * noise) + (square / noise));
            meanGradient[i] = -share * residual / noise;
            spreadGradient[i] = share / (2 * noise);
            gradient[^1] += share * (0.5 - (square / (2 * noise)));
        }

        for (int l = Layers.Count - 1; l >= 0; l--)
        {
            GaussianLayer layer = Layers[l];
            var inputGradient = new double[l == 0 ? 0 : count * layer.Inputs];
            layer.Backward(Parameters, meanGradient, spreadGradient, gradient, inputGradient);
            loss += divergenceWeight * layer.AddDivergence(Parameters, gradient, divergenceWeight);
            if (l > 0)
            {
                int offset = Layers.Take(l - 1).Sum(inner => inner.Outputs) * count;
                (meanGradient, spreadGradient) = ThroughSample(Layers[l - 1], inputGradient, normals[offset..], count);
            }
        }

        return loss;
    }

    /// <summary>
    /// Sets the last layer's q to its optimum for fixed inner layers, closed form for the Gaussian likelihood: S = (I + c A A^T)^-1, m = c S A y.
    /// With one layer the bound becomes that of the sparse process (SGPR).
    /// </summary>
    public void CollapseLast(double[] inputs, double[] labels, double share)
    {
        Prepare();
        Forward(inputs, labels.Length, []);
        int m = Last.Inducing;
        double precision = share / Math.Exp(LogNoise);
        (double[] matrix, double[] right) = Normal(labels, precision);
        for (int i = 0; i < m; i++)
        {
            matrix[(i * m) + i] += 1;
        }

        // With the matrix = R R^T in reversed order, S = W^T W for the lower W = R^-1; T must be lower too, so factor S itself.
        CholeskyFactor factor = CholeskyFactor.Of(matrix, m);
        factor.SolveLower(right);
        factor.SolveUpper(right);
        right.CopyTo(Parameters.AsSpan(Last.Means));
        CholeskyFactor root = CholeskyFactor.Of(factor.Inverse(), m);
        root.Lower.CopyTo(Parameters.AsSpan(Last.Roots));
    }

    /// <summary>precision * A A^T and precision * A y of the last forward pass.</summary>
    public (double[] Matrix, double[] Right) Normal(ReadOnlySpan<double> labels, double precision)
    {
        int m = Last.Inducing;
        int n = labels.Length;
        var matrix = new double[m * m];
        var right = new double[m];
        for (int i = 0; i < m; i++)
        {
            ReadOnlySpan<double> row = Last.Projections.AsSpan(i * n, n);
            right[i] = precision * Rows.Dot(row, labels);
            for (int j = 0; j <= i; j++)
            {
                matrix[(i * m) + j] = matrix[(j * m) + i] = precision * Rows.Dot(row, Last.Projections.AsSpan(j * n, n));
            }
        }

        return (matrix, right);
    }

    /// <summary>Keeps what must be positive away from 0.</summary>
    public void Clamp()
    {
        foreach (GaussianLayer layer in Layers)
        {
            for (int d = 0; d < layer.Outputs; d++)
            {
                for (int i = 0; i < layer.Inducing; i++)
                {
                    int at = layer.Roots + (((d * layer.Inducing) + i) * layer.Inducing) + i;
                    Parameters[at] = Math.Max(1e-6, Parameters[at]);
                }
            }

            for (int k = layer.Lengths; k <= layer.Variance; k++)
            {
                Parameters[k] = Math.Clamp(Parameters[k], -7, 7);
            }
        }

        LogNoise = Math.Max(Math.Log(1e-5), LogNoise);
    }

    private static (double[] Mean, double[] Spread) ThroughSample(GaussianLayer layer, double[] inputGradient, ReadOnlySpan<double> normals, int count)
    {
        var mean = new double[layer.Outputs * count];
        var spread = new double[layer.Outputs * count];
        for (int d = 0; d < layer.Outputs; d++)
        {
            for (int i = 0; i < count; i++)
            {
                int at = (d * count) + i;
                mean[at] = inputGradient[(i * layer.Outputs) + d];
                spread[at] = layer.Spread[at] > 0 ? mean[at] * normals[at] / (2 * Math.Sqrt(layer.Spread[at] + SpreadFloor)) : 0;
            }
        }

        return (mean, spread);
    }
}
