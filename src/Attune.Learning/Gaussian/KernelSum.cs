namespace Attune.Learning.Gaussian;

/// <summary>
/// Gaussian process whose covariance is a weighted sum of given kernels, with a constant and given trend columns that are as good as free (Rasmussen and
/// Williams 2006, 2.7). The logarithms of the weights and of the noise are found by a pattern search on the marginal likelihood with normal priors around known
/// values: for a few dozen rows. Pure; costs rows^3 / 6 per evaluation.
/// </summary>
public sealed class KernelSum
{
    private const double FreeVariance = 10;
    private const double Floor = -14;
    private const double Ceiling = 4;
    private const double MinStep = 0.4;
    private const double FirstStep = 2;
    private const int Rounds = 12;
    private readonly double[][] kernels;
    private readonly double[] trend;
    private readonly double[] labels;

    /// <summary>Takes measured rows in.</summary>
    /// <param name="kernels">One kernel matrix per part, rows x rows, row-major, each about 1 on its diagonal.</param>
    /// <param name="trend">A trend that the labels follow but for speed and offset, about -1 to 1; one per row.</param>
    /// <param name="labels">Labels of size 1.</param>
    public KernelSum(double[][] kernels, double[] trend, double[] labels)
    {
        ArgumentOutOfRangeException.ThrowIfZero(kernels.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(trend.Length, labels.Length);
        foreach (double[] kernel in kernels)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(kernel.Length, labels.Length * labels.Length, nameof(kernels));
        }

        this.kernels = kernels;
        this.trend = trend;
        this.labels = labels;
    }

    /// <summary>Negative log marginal likelihood without its constant.</summary>
    /// <param name="logWeights">Logarithm of each kernel's variance, then of the noise's.</param>
    public double Badness(ReadOnlySpan<double> logWeights) => Solve(logWeights).Badness;

    /// <summary>Weights that explain several data sets best, each with its own kernels.</summary>
    /// <param name="tasks">The data sets; all with as many kernels.</param>
    /// <param name="start">Where the search begins, which is also the centre of the prior.</param>
    /// <param name="tightness">Half the inverse variance of the prior on each logarithm, at least 0.</param>
    public static double[] Learn(IReadOnlyList<KernelSum> tasks, ReadOnlySpan<double> start, double tightness)
    {
        double[] centre = start.ToArray();
        double[] best = start.ToArray();
        double min = Value(best);
        double step = FirstStep;
        for (int round = 0; round < Rounds && step >= MinStep; round++)
        {
            bool moved = false;
            for (int d = 0; d < best.Length; d++)
            {
                foreach (double change in new[] { step, -step })
                {
                    double[] trial = [.. best];
                    trial[d] = Math.Clamp(trial[d] + change, Floor, Ceiling);
                    double value = Value(trial);
                    if (value < min)
                    {
                        min = value;
                        best = trial;
                        moved = true;
                        break;
                    }
                }
            }

            step = moved ? step : step / 2;
        }

        return best;

        double Value(double[] at)
        {
            double sum = 0;
            for (int d = 0; d < at.Length; d++)
            {
                sum += tightness * (at[d] - centre[d]) * (at[d] - centre[d]);
            }

            foreach (KernelSum task in tasks)
            {
                sum += task.Badness(at);
            }

            return sum;
        }
    }

    /// <summary>The factors with which covariances to the measured rows predict: mean = covariances times these.</summary>
    public double[] Factors(ReadOnlySpan<double> logWeights) => Solve(logWeights).Factors;

    /// <summary>Mean squared error of predicting every row from all others with these weights (Rasmussen and Williams 2006, equation 5.12).</summary>
    public double LeaveOneOutError(ReadOnlySpan<double> logWeights)
    {
        (CholeskyFactor factor, double[] factors, _) = SolveWith(logWeights);
        double[] inverse = factor.Inverse();
        double sum = 0;
        for (int i = 0; i < factors.Length; i++)
        {
            double error = factors[i] / inverse[(i * factors.Length) + i];
            sum += error * error / factors.Length;
        }

        return sum;
    }

    /// <summary>Covariances between two sets of rows.</summary>
    /// <param name="logWeights">Weights of the kernels; the noise is not used.</param>
    /// <param name="kernels">One matrix per part, left x right.</param>
    /// <param name="left">Trend of the left rows.</param>
    /// <param name="right">Trend of the right rows.</param>
    /// <param name="free">Variance of constant and, ten times that, of the trend's factor.</param>
    public static double[] Covariances(
        ReadOnlySpan<double> logWeights, double[][] kernels, ReadOnlySpan<double> left, ReadOnlySpan<double> right, double free = FreeVariance)
    {
        var sum = new double[left.Length * right.Length];
        for (int k = 0; k < kernels.Length; k++)
        {
            Rows.AddScaled(sum, kernels[k], Math.Exp(logWeights[k]));
        }

        for (int i = 0; i < left.Length; i++)
        {
            Span<double> row = sum.AsSpan(i * right.Length, right.Length);
            for (int j = 0; j < row.Length; j++)
            {
                row[j] += free * (1 + (10 * left[i] * right[j]));
            }
        }

        return sum;
    }

    private (double Badness, double[] Factors) Solve(ReadOnlySpan<double> logWeights)
    {
        (CholeskyFactor factor, double[] factors, double fit) = SolveWith(logWeights);
        return ((0.5 * fit) + factor.HalfLogDeterminant, factors);
    }

    private (CholeskyFactor Factor, double[] Factors, double Fit) SolveWith(ReadOnlySpan<double> logWeights)
    {
        int n = labels.Length;
        double[] matrix = Covariances(logWeights, kernels, trend, trend);
        double noise = Math.Exp(logWeights[kernels.Length]);
        for (int i = 0; i < n; i++)
        {
            matrix[(i * n) + i] += noise;
        }

        var factor = CholeskyFactor.Of(matrix, n);
        double[] solved = [.. labels];
        factor.SolveLower(solved);
        double fit = Rows.Dot(solved, solved);
        factor.SolveUpper(solved);
        return (factor, solved, fit);
    }
}
