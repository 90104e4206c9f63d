namespace Attune.Learning.Classification;

/// <summary>
/// Probability that a configuration builds and runs, learnt from those that did and those that did not: boosted trees with the logistic loss, starting from the
/// share of successes seen. Searches multiply it into their score (BaCO, ASPLOS 2023). Knows nothing, and says 1, until it saw a failure. One thread at a time.
/// </summary>
public sealed class FeasibilityModel
{
    private readonly GradientBoostedTreesOptions options;
    private GradientBoostedTrees? trees;

    /// <summary>Makes a model that knows nothing.</summary>
    /// <param name="options">Parameters of the trees; loss and base score are the model's own business. Null takes the defaults.</param>
    public FeasibilityModel(GradientBoostedTreesOptions? options = null) =>
        this.options = (options ?? new()) with { Loss = BoostingLoss.Logistic, BaseScore = 0.5f, Stop = null };

    /// <summary>True when a failure has been seen.</summary>
    public bool Judges => trees is not null;

    /// <summary>Forgets what it knew and learns.</summary>
    /// <param name="features">One row per configuration tried.</param>
    /// <param name="succeeded">Per row, whether it ran.</param>
    /// <exception cref="ArgumentException">There are not as many outcomes as rows.</exception>
    public void Fit(FeatureTable features, ReadOnlySpan<bool> succeeded)
    {
        var labels = new float[succeeded.Length];
        int successes = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            labels[row] = succeeded[row] ? 1 : 0;
            successes += succeeded[row] ? 1 : 0;
        }

        if (successes == labels.Length)
        {
            trees = null;
            return;
        }

        // One imagined success and failure keep the start inside (0, 1).
        float share = (successes + 1f) / (labels.Length + 2f);

        // The least weight of a leaf is meant in rows; a row's weight here is its curvature, at the start share * (1 - share).
        trees = new GradientBoostedTrees(options with { BaseScore = share, MinChildWeight = options.MinChildWeight * share * (1 - share) });
        trees.Fit(features, labels, []);
    }

    /// <summary>Probability in [0, 1] that a configuration with these features runs.</summary>
    public double Probability(ReadOnlySpan<float> features) => trees?.Predict(features) ?? 1;
}
