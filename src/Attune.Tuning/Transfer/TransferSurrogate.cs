using Attune.Learning;
using Attune.Learning.Gaussian;

namespace Attune.Tuning;

/// <summary>
/// An exact Gaussian process on negated log times of the target, warm or cold. The warm one sees the experts' merits beside the features: linearly, so that an expert that
/// is right in order is believed everywhere at once, and as one more stationary column, so that it may be right in parts only. How much either counts is fitted by
/// marginal likelihood; the difference of the two likelihoods says what the experts are worth.
/// </summary>
internal sealed class TransferSurrogate(TransferKnowledge? knowledge)
{
    private const int LargestFit = 384;
    private const int AlwaysRefitted = 40;
    private readonly GaussianProcess process = new(new GaussianProcessOptions
    {
        LinearColumns = knowledge?.Experts.Length ?? 0,
        Evaluations = 25,
        Noise = 0.02,
    });

    private int fitted;
    private double best;

    /// <summary>Log marginal likelihood at the last full fit, per observation.</summary>
    public double Evidence { get; private set; } = double.NegativeInfinity;

    /// <summary>Learns the timed points of a memory; hyperparameters are fitted anew when it grew by a fifth.</summary>
    public void Fit(SearchMemory memory)
    {
        int[] chosen = Chosen(memory);
        var table = FeatureTable.Of([.. chosen.Select(i => Row(memory, memory.Timed[i].Index))]);
        float[] labels = [.. chosen.Select(i => (float)-Math.Log(memory.Timed[i].TimeMs))];
        best = memory.Timed.Max(observation => -Math.Log(observation.TimeMs));
        if (fitted == 0 || chosen.Length <= AlwaysRefitted || chosen.Length > 1.2 * fitted)
        {
            process.Fit(table, labels, []);
            fitted = chosen.Length;
            Evidence = process.LogLikelihood / chosen.Length;
        }
        else
        {
            process.Update(table, labels, []);
        }
    }

    /// <summary>Expected improvement of log time over the best so far, for points that the knowledge has looked at.</summary>
    public double[] Improvements(SearchMemory memory, IReadOnlyList<long> points)
    {
        var estimates = new Estimate[points.Count];
        process.Predict(FeatureTable.Of([.. points.Select(point => Row(memory, point))]), estimates);
        return [.. estimates.Select(Improvement)];
    }

    private double Improvement(Estimate estimate)
    {
        double deviation = Math.Max(estimate.Deviation, 1e-9);
        double z = (estimate.Mean - best) / deviation;

        // Far below the best the closed form cancels to 0; its order is kept by the score's own distance.
        return z < -6 ? 1e-12 * Math.Exp(Math.Max(-60, z + 6)) : deviation * ((z * Cumulative(z)) + Density(z));
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

    private static double Density(double z) => Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI);

    /// <summary>The normal distribution function (Abramowitz and Stegun 26.2.17, absolute error below 7.5e-8).</summary>
    private static double Cumulative(double z)
    {
        double t = 1 / (1 + (0.2316419 * Math.Abs(z)));
        double tail = Density(z) * t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return z >= 0 ? 1 - tail : tail;
    }
}
