using System.Numerics;
using System.Runtime.InteropServices;

namespace Attune.Learning.Gaussian;

/// <summary>
/// An exact Gaussian process over a fixed pool of candidates, for searches that measure pool rows one after the other. For n conditioned rows and m candidates
/// it keeps the n x m matrix V = L^-1 K(rows, pool), so that one more row costs O(n m) instead of a new factorisation: the new row of V is (k(x, .) - V^T l) /
/// d with l = V's column at x and d^2 = k(x, x) + noise - |l|^2; the means are V^T L^-1 y, the variances fall by the square of the new row. Rows may be
/// conditioned before their labels are known: variances do not depend on labels, which makes batches cheap. Hyperparameters come from <see cref="Fit"/>. Single
/// precision in V, double in L. Deterministic. One thread at a time.
/// </summary>
public sealed class PoolGaussianProcess
{
    private readonly GaussianProcessOptions options;
    private readonly Standardisation scales;
    private readonly List<float[]> whitened = [];
    private readonly List<double[]> factor = [];
    private double[]? parameters;
    private double[] columns = [];
    private float[] variances = [];
    private int candidates;

    /// <summary>Makes a process that knows nothing yet.</summary>
    /// <param name="sample">Rows that set the scale of every column, at least one.</param>
    /// <param name="options">Parameters; null takes the defaults.</param>
    /// <exception cref="ArgumentException">A parameter is out of range, or there is no row.</exception>
    public PoolGaussianProcess(FeatureTable sample, GaussianProcessOptions? options = null)
    {
        this.options = (options ?? new GaussianProcessOptions()).Validated();
        scales = sample.Rows > 0
            ? Standardisation.Of(sample, new float[sample.Rows], [])
            : throw new ArgumentException("A Gaussian process needs a row to set its scales.", nameof(sample));
    }

    /// <summary>Variance that the columns do not explain, measurement noise and roughness together, for labels of variance 1.</summary>
    /// <exception cref="InvalidOperationException">Nothing was fitted yet.</exception>
    public double Unexplained => Math.Exp(Known()[^1]);

    /// <summary>Rows conditioned since <see cref="Begin"/>.</summary>
    public int Conditions => factor.Count;

    /// <summary>Variance of every candidate given the conditioned rows, without noise, for labels of variance 1.</summary>
    public ReadOnlySpan<float> Variances => variances;

    /// <summary>
    /// Learns length scales, variance and noise by maximum a posteriori, from where the last fit ended. Costs O(rows^3) per evaluation. A pool must be begun
    /// anew.
    /// </summary>
    /// <param name="rows">Measured rows.</param>
    /// <param name="labels">Their labels; scaled to mean 0 and variance 1 here.</param>
    public void Fit(FeatureTable rows, ReadOnlySpan<float> labels)
    {
        double[] points = Standardised(rows);
        (double mean, double scale) = ScaleOf(labels);
        var standard = new double[labels.Length];
        for (int i = 0; i < standard.Length; i++)
        {
            standard[i] = (labels[i] - mean) / scale;
        }

        var noise = new double[standard.Length];
        Array.Fill(noise, 1);
        bool[] ignored = [.. scales.Scale.Select(column => column == 0)];
        var likelihood = new MarginalLikelihood(options with { LinearColumns = 0 }, points, [], standard, noise, ignored);
        parameters ??= likelihood.Start();
        if (options.Evaluations > 0)
        {
            LimitedMemoryBfgs.Minimise(likelihood.Evaluate, parameters, options.Evaluations);
        }
    }

    /// <summary>Starts a pool with nothing conditioned.</summary>
    /// <param name="pool">The candidates.</param>
    /// <exception cref="InvalidOperationException">Nothing was fitted yet.</exception>
    public void Begin(FeatureTable pool)
    {
        double[] known = Known();
        candidates = pool.Rows;
        whitened.Clear();
        factor.Clear();
        columns = Covariance.Scaled(Standardised(pool), scales.Columns, known.AsSpan(0, scales.Columns));
        variances = new float[candidates];
        Array.Fill(variances, (float)Variance(known));
    }

    /// <summary>Takes a candidate as measured, whatever its label will be.</summary>
    public void Condition(int row)
    {
        double[] known = Known();
        int width = scales.Columns;
        var covariances = new double[candidates];
        Covariance.Fill(options.Covariance, Variance(known), columns.AsSpan(row * width, width), columns, width, covariances);
        var fresh = new float[candidates];
        for (int i = 0; i < fresh.Length; i++)
        {
            fresh[i] = (float)covariances[i];
        }

        var lower = new double[factor.Count + 1];
        double rest = Variance(known) + Math.Exp(known[^1]);
        for (int i = 0; i < factor.Count; i++)
        {
            lower[i] = whitened[i][row];
            rest -= lower[i] * lower[i];
            AddScaled(fresh, whitened[i], -(float)lower[i]);
        }

        double pivot = Math.Sqrt(Math.Max(rest, 1e-6));
        lower[^1] = pivot;
        factor.Add(lower);
        Finish(fresh, (float)(1 / pivot));
        whitened.Add(fresh);
    }

    /// <summary>Mean of every candidate, in the unit of the labels.</summary>
    /// <param name="labels">
    /// Labels of the first conditioned rows in their order; rows beyond them are conditioned on what is predicted for them, which changes no mean.
    /// </param>
    /// <param name="means">One place per candidate.</param>
    /// <returns>Standard deviation of the labels: the unit of the root of <see cref="Variances"/>.</returns>
    public double Means(ReadOnlySpan<float> labels, Span<float> means)
    {
        (double mean, double scale) = ScaleOf(labels);
        var z = new double[labels.Length];
        means.Clear();
        for (int i = 0; i < z.Length; i++)
        {
            double[] lower = factor[i];
            z[i] = (((labels[i] - mean) / scale) - Rows.Dot(lower.AsSpan(0, i), z.AsSpan(0, i))) / lower[i];
            AddScaled(means, whitened[i], (float)z[i]);
        }

        for (int i = 0; i < means.Length; i++)
        {
            means[i] = (float)(mean + (scale * means[i]));
        }

        return scale;
    }

    private static (double Mean, double Scale) ScaleOf(ReadOnlySpan<float> labels)
    {
        double sum = 0;
        double squares = 0;
        foreach (float label in labels)
        {
            sum += label;
            squares += (double)label * label;
        }

        double mean = sum / Math.Max(1, labels.Length);
        double variance = (squares / Math.Max(1, labels.Length)) - (mean * mean);
        return (mean, variance > 1e-12 ? Math.Sqrt(variance) : 1);
    }

    private static void AddScaled(Span<float> target, ReadOnlySpan<float> source, float factor)
    {
        Span<Vector<float>> to = MemoryMarshal.Cast<float, Vector<float>>(target);
        ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(source)[..to.Length];
        var factors = new Vector<float>(factor);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] += factors * from[i];
        }

        for (int i = to.Length * Vector<float>.Count; i < target.Length; i++)
        {
            target[i] += factor * source[i];
        }
    }

    private void Finish(Span<float> fresh, float factor)
    {
        for (int i = 0; i < fresh.Length; i++)
        {
            fresh[i] *= factor;
            variances[i] = Math.Max(0, variances[i] - (fresh[i] * fresh[i]));
        }
    }

    private double[] Known() => parameters ?? throw new InvalidOperationException("The Gaussian process over a pool was asked to work before it was fitted.");

    private double Variance(double[] known) => Math.Exp(known[scales.Columns]);

    private double[] Standardised(FeatureTable table)
    {
        var standard = new double[table.Rows * scales.Columns];
        for (int row = 0; row < table.Rows; row++)
        {
            scales.Apply(table.Row(row), standard.AsSpan(row * scales.Columns, scales.Columns));
        }

        return standard;
    }
}
