using Attune.Learning;
using Attune.Learning.Gaussian;
using Attune.Tuning.Search;

namespace Attune.Tuning.Transfer;

/// <summary>
/// An exact Gaussian process on negated log times of the target, warm or cold. The warm one sees the experts' merits beside the features: linearly, so that an
/// expert that is right in order is believed everywhere at once (and one that is wrong in order everywhere is believed in reverse), and their mean as one more
/// stationary column, so that it may be right in parts only. How much either counts is fitted by marginal likelihood.
/// </summary>
internal sealed class TransferSurrogate(TransferKnowledge? knowledge)
{
    private const int LargestFit = 384;
    private const double RefitGrowth = 1.15;
    private const int MinRefit = 2;
    private readonly GaussianProcess process = new(new GaussianProcessOptions
    {
        LinearColumns = knowledge?.Experts.Length ?? 0,
        Evaluations = 25,
        Noise = 0.02,
    });

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
        if (fitted == 0 || chosen.Length >= (RefitGrowth * fitted) + MinRefit)
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

    /// <summary>Merit of points that the knowledge has looked at.</summary>
    /// <param name="memory">What is known of the target.</param>
    /// <param name="points">The points.</param>
    /// <param name="noisy">True adds the noise of a measurement to the deviation: for forecasts of measurements, not for what a point may be worth.</param>
    public Estimate[] Predict(SearchMemory memory, IReadOnlyList<long> points, bool noisy)
    {
        var estimates = new Estimate[points.Count];
        process.Predict(FeatureTable.Of([.. points.Select(point => Row(memory, point))]), estimates);
        for (int i = 0; noisy && i < estimates.Length; i++)
        {
            double variance = (estimates[i].Deviation * estimates[i].Deviation) + (process.NoiseDeviation * process.NoiseDeviation);
            estimates[i] = estimates[i] with { Deviation = Math.Sqrt(variance) };
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
