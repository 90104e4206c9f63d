using Attune.Learning;
using Attune.Learning.Gaussian;

namespace Attune.Tuning;

/// <summary>
/// A blend of an exact Gaussian process and a bootstrap ensemble of boosted trees on negated log times of the target, warm or cold. The warm one sees the experts' merits
/// beside the features. In the process they enter linearly, so that an expert that is right in order is believed everywhere at once (and one that is wrong in order
/// everywhere is believed in reverse), and their mean as one more stationary column, so that it may be right in parts only.
/// </summary>
internal sealed class TransferSurrogate(TransferKnowledge? knowledge)
{
    private const int LargestFit = 384;
    private const double RefitGrowth = 1.15;
    private const int RefitLeast = 2;
    private const int Resamples = 4;
    private const double TreeShare = 0.5;
    private readonly GaussianProcess process = new(new GaussianProcessOptions
    {
        LinearColumns = knowledge?.Experts.Length ?? 0,
        Evaluations = 25,
        Noise = 0.02,
    });

    private readonly BootstrapEnsemble trees = new(Resamples, () => new GradientBoostedTrees(new GradientBoostedTreesOptions { BaseScore = 0 }));
    private double treeMean;
    private double treeScale = 1;
    private int fitted;

    /// <summary>Merit of the best point so far.</summary>
    public double Best { get; private set; }

    /// <summary>Log marginal likelihood of the process at its last full fit, per observation.</summary>
    public double Evidence { get; private set; } = double.NegativeInfinity;

    /// <summary>Learns the timed points of a memory; hyperparameters are fitted anew when it grew enough.</summary>
    public void Fit(SearchMemory memory)
    {
        int[] chosen = Chosen(memory);
        var table = FeatureTable.Of([.. chosen.Select(i => Row(memory, memory.Timed[i].Index))]);
        float[] labels = [.. chosen.Select(i => (float)-Math.Log(memory.Timed[i].TimeMs))];
        Best = memory.Timed.Max(observation => -Math.Log(observation.TimeMs));
        if (fitted == 0 || chosen.Length >= (RefitGrowth * fitted) + RefitLeast)
        {
            process.Fit(table, labels, []);
            fitted = chosen.Length;
            Evidence = process.LogLikelihood / chosen.Length;
        }
        else
        {
            process.Update(table, labels, []);
        }

        // The trees' regularisation is meant for labels of variance 1.
        double mean = labels.Average(label => (double)label);
        treeMean = mean;
        treeScale = Math.Sqrt(labels.Average(label => (label - mean) * (label - mean))) + 1e-6;
        double scale = treeScale;
        trees.Fit(table, [.. labels.Select(label => (float)((label - mean) / scale))], labels.Length);
    }

    /// <summary>Merit of points that the knowledge has looked at.</summary>
    /// <param name="memory">What is known of the target.</param>
    /// <param name="points">The points.</param>
    /// <param name="noisy">True adds the noise of a measurement to the deviation: for forecasts of measurements, not for what a point may be worth.</param>
    public Estimate[] Predict(SearchMemory memory, IReadOnlyList<long> points, bool noisy)
    {
        var estimates = new Estimate[points.Count];
        FeatureTable rows = FeatureTable.Of([.. points.Select(point => Row(memory, point))]);
        process.Predict(rows, estimates);
        double noise = noisy ? process.NoiseDeviation * process.NoiseDeviation : 0;
        double unbiased = Math.Sqrt(Resamples / (Resamples - 1.0));
        for (int i = 0; i < estimates.Length; i++)
        {
            Estimate tree = trees.Estimate(rows.Row(i));
            double mean = treeMean + (treeScale * tree.Mean);
            double deviation = treeScale * unbiased * tree.Deviation;
            double gap = estimates[i].Mean - mean;
            double variance = ((1 - TreeShare) * estimates[i].Deviation * estimates[i].Deviation) + (TreeShare * deviation * deviation) + (TreeShare * (1 - TreeShare) * gap * gap);
            estimates[i] = new Estimate(((1 - TreeShare) * estimates[i].Mean) + (TreeShare * mean), Math.Sqrt(variance + noise));
        }

        return estimates;
    }

    private float[] Row(SearchMemory memory, long point)
    {
        float[] features = memory.FeaturesOf(point);
        if (knowledge is null || knowledge.IsEmpty)
        {
            return features;
        }

        double[] scores = knowledge[point];
        var row = new float[features.Length + 1 + scores.Length];
        features.CopyTo(row, 0);
        row[features.Length] = (float)knowledge.MeanOf(point);
        for (int e = 0; e < scores.Length; e++)
        {
            row[features.Length + 1 + e] = (float)scores[e];
        }

        return row;
    }

    /// <summary>All timed points, or the best half and the latest of very many.</summary>
    private static int[] Chosen(SearchMemory memory)
    {
        int all = memory.Timed.Count;
        if (all <= LargestFit)
        {
            return [.. Enumerable.Range(0, all)];
        }

        IEnumerable<int> fastest = Enumerable.Range(0, all).OrderBy(i => memory.Timed[i].TimeMs).ThenBy(i => i).Take(LargestFit / 2);
        IEnumerable<int> spread = Enumerable.Range(0, LargestFit / 2).Select(i => (int)((long)i * all / (LargestFit / 2)));
        return [.. fastest.Concat(spread).Distinct().Order()];
    }
}
