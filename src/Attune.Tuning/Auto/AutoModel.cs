using Attune.Learning;
using Attune.Learning.Classification;
using Attune.Learning.Gaussian;
using Attune.Tuning.Search;

namespace Attune.Tuning.Auto;

/// <summary>
/// What <c>auto</c> believes about its pool: the log merit of every point (log of best time / time) under a bootstrap ensemble of boosted trees, which finds
/// thresholds and interactions, and under a Gaussian process on the log2 coordinates, which knows distances. Their blend is a mixture: where the two disagree,
/// its deviation is larger. Failures train as slow points, so that no model looks for more of them, and a model of feasibility judges apart.
/// </summary>
internal sealed class AutoModel(AutoOptions options, int seed)
{
    private const double RefitGrowth = 1.25;
    private const int MinRefit = 4;

    // How much slower a very slow point is says nothing about fast ones.
    private const float MinMerit = -3;
    private readonly BootstrapEnsemble trees = new(options.Resamples, () => new GradientBoostedTrees(options.Trees with { BaseScore = 0 }));
    private readonly FeasibilityModel feasibility = new(options.Trees);
    private readonly TrialTable trials = new();
    private readonly Dictionary<long, float> merits = [];
    private readonly List<long> conditioned = [];
    private PoolGaussianProcess? process;
    private float[] treeMeans = [];
    private float[] treeDeviations = [];
    private float[] means = [];
    private double scale = 1;
    private int fittedOn;
    private double share = options.GaussianShare;

    /// <summary>Probability that a point of the pool runs.</summary>
    public double Feasibility(FeatureTable features, int row) => feasibility.Probability(features.Row(row));

    /// <summary>Learns from everything that was told, and judges the pool given also what is pending.</summary>
    /// <param name="memory">What was told.</param>
    /// <param name="pool">The points to judge.</param>
    /// <param name="isNewPool">True when the pool's rows changed their meaning since the last call.</param>
    /// <param name="share">Share of the Gaussian process in the coming judgements; 1 spares the trees.</param>
    public void Fit(SearchMemory memory, AutoPool pool, bool isNewPool, double share)
    {
        this.share = share;
        trials.Update(memory);
        float[] labels = trials.Merits(memory);
        merits.Clear();
        float worst = 0;
        double fastest = memory.Timed.Min(observation => observation.TimeMs);
        foreach (Observation observation in memory.Timed)
        {
            float merit = LogMerit((float)(fastest / observation.TimeMs));
            merits[observation.Index] = merit;
            worst = Math.Min(worst, merit);
        }

        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = labels[i] > 0 ? LogMerit(labels[i]) : worst;
        }

        feasibility.Fit(trials.Features!, trials.Ran);
        if (share < 1)
        {
            FitTrees(pool, labels);
        }

        if (share > 0)
        {
            FitProcess(memory, pool, isNewPool, worst);
        }
    }

    /// <summary>Takes a point as measured for the rest of the batch.</summary>
    public void Assume(AutoPool pool, int row)
    {
        if (process is not null && share > 0)
        {
            process.Condition(row);
            conditioned.Add(pool.Points[row]);
        }
    }

    /// <summary>Log merit of a point of the pool; the best measured point has 0.</summary>
    public Estimate this[int row]
    {
        get
        {
            double tree = share < 1 ? treeMeans[row] : 0;
            double treeVariance = share < 1 ? treeDeviations[row] * treeDeviations[row] : 0;
            double smooth = share > 0 ? means[row] : 0;
            double processVariance = share > 0 ? scale * scale * (process!.Variances[row] + (options.Roughness * process.Unexplained)) : 0;
            double mean = (share * smooth) + ((1 - share) * tree);
            double gap = share * (1 - share) * (smooth - tree) * (smooth - tree);
            return new Estimate(mean, Math.Sqrt((share * processVariance) + ((1 - share) * treeVariance) + gap));
        }
    }

    private static float LogMerit(float merit) => MathF.Max(MinMerit, MathF.Log(merit));

    private void FitTrees(AutoPool pool, float[] labels)
    {
        // The trees' regularisation is meant for labels of variance 1.
        double mean = labels.Average(label => (double)label);
        double deviation = Math.Sqrt(labels.Average(label => (label - mean) * (label - mean))) + 1e-6;
        trees.Fit(trials.Features!, [.. labels.Select(label => (float)((label - mean) / deviation))], unchecked((seed * 1_000_003) + labels.Length));
        Array.Resize(ref treeMeans, pool.Points.Count);
        Array.Resize(ref treeDeviations, pool.Points.Count);
        double unbiased = Math.Sqrt(options.Resamples / Math.Max(1.0, options.Resamples - 1));
        for (int row = 0; row < treeMeans.Length; row++)
        {
            Estimate estimate = trees.Estimate(pool.Features.Row(row));
            treeMeans[row] = (float)(mean + (deviation * estimate.Mean));
            treeDeviations[row] = (float)(deviation * unbiased * estimate.Deviation);
        }
    }

    private void FitProcess(SearchMemory memory, AutoPool pool, bool isNewPool, float worst)
    {
        process ??= new PoolGaussianProcess(pool.Features, options.Gaussian);
        bool refit = fittedOn == 0 || memory.Timed.Count >= (fittedOn * RefitGrowth) + MinRefit;
        if (refit)
        {
            int[] rows = Representative(memory);
            process.Fit(
                FeatureTable.Of([.. rows.Select(row => memory.TimedFeatures!.Row(row).ToArray())]), [.. rows.Select(row => merits[memory.Timed[row].Index])]);
            fittedOn = memory.Timed.Count;
        }

        // Rows conditioned so far serve again when all that were told stand before all that were not.
        int told = conditioned.FindIndex(memory.IsPending);
        told = told < 0 ? conditioned.Count : told;
        if (refit || isNewPool || conditioned.FindIndex(told, point => !memory.IsPending(point)) >= 0)
        {
            process.Begin(pool.Features);
            conditioned.Clear();
            told = 0;
        }

        var here = new HashSet<long>(conditioned);
        if (told == conditioned.Count)
        {
            foreach (long point in memory.Timed.Select(observation => observation.Index).Where(point => pool.RowOf(point) >= 0 && here.Add(point)))
            {
                process.Condition(pool.RowOf(point));
                conditioned.Add(point);
            }

            told = conditioned.Count;
        }

        var labels = new float[told];
        for (int i = 0; i < told; i++)
        {
            labels[i] = merits.GetValueOrDefault(conditioned[i], worst);
        }

        foreach (long point in memory.PendingPoints.Where(point => pool.RowOf(point) >= 0 && here.Add(point)))
        {
            process.Condition(pool.RowOf(point));
            conditioned.Add(point);
        }

        Array.Resize(ref means, pool.Points.Count);
        scale = process.Means(labels, means);
    }

    /// <summary>The best third and a spread of the others, when all are too many to fit parameters on.</summary>
    private int[] Representative(SearchMemory memory)
    {
        int[] order = [.. Enumerable.Range(0, memory.Timed.Count).OrderBy(row => memory.Timed[row].TimeMs)];
        if (order.Length <= options.FitRows)
        {
            return order;
        }

        int[] rest = order[(options.FitRows / 3)..];
        memory.Random.Shuffle(rest);
        return [.. order[..(options.FitRows / 3)], .. rest[..(options.FitRows - (options.FitRows / 3))]];
    }
}
