using Attune.Learning;

namespace Attune.Tuning;

/// <summary>
/// The model behind BAO's choice: a bootstrap ensemble of boosted trees on performance relative to the best (1 / time, divided by its maximum), times a model of
/// feasibility as soon as some points failed to build or run.
/// </summary>
internal sealed class Surrogate
{
    private readonly BaoOptions options;
    private readonly BootstrapEnsemble merit;
    private readonly GradientBoostedTrees feasibility;
    private bool judgesFeasibility;

    public Surrogate(BaoOptions options)
    {
        this.options = options;
        merit = new BootstrapEnsemble(options.Resamples, () => new GradientBoostedTrees(options.Trees));
        feasibility = new GradientBoostedTrees(options.Trees with { BaseScore = 1 });
    }

    /// <summary>Learns from everything the memory holds; it must hold a timed point.</summary>
    public void Fit(SearchMemory memory, int seed)
    {
        FeatureTable timed = memory.TimedFeatures ?? throw new InvalidOperationException("A surrogate needs at least one timed point.");
        FeatureTable? failed = memory.FailedFeatures;
        double fastest = memory.Timed.Min(observation => observation.TimeMs);
        float[] labels = [.. memory.Timed.Select(observation => (float)(fastest / observation.TimeMs))];
        judgesFeasibility = failed is not null && !options.FailuresAreZeros;
        if (failed is null)
        {
            merit.Fit(timed, labels, seed);
            return;
        }

        FeatureTable both = Joined(timed, failed);
        if (options.FailuresAreZeros)
        {
            merit.Fit(both, [.. labels, .. new float[failed.Rows]], seed);
            return;
        }

        merit.Fit(timed, labels, seed);
        var outcomes = new float[both.Rows];
        Array.Fill(outcomes, 1f, 0, timed.Rows);
        feasibility.Fit(both, outcomes, []);
    }

    /// <summary>Score of a point, the larger the better.</summary>
    public double Score(ReadOnlySpan<float> features)
    {
        Estimate estimate = merit.Predict(features);
        double score = estimate.Mean + (options.Exploration * estimate.Deviation);
        return judgesFeasibility ? score * Math.Clamp(feasibility.Predict(features), 0, 1) : score;
    }

    private static FeatureTable Joined(FeatureTable first, FeatureTable second)
    {
        var joined = new FeatureTable(first.Columns, first.Rows + second.Rows);
        foreach (FeatureTable table in new[] { first, second })
        {
            for (int row = 0; row < table.Rows; row++)
            {
                joined.Add(table.Row(row));
            }
        }

        return joined;
    }
}
