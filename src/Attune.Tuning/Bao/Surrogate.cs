using Attune.Learning;
using Attune.Learning.Classification;

namespace Attune.Tuning;

/// <summary>
/// The model behind BAO's choice: a bootstrap ensemble of boosted trees on performance relative to the best (1 / time, divided by its maximum), times a model of
/// feasibility as soon as some points failed to build or run.
/// </summary>
internal sealed class Surrogate
{
    private readonly BaoOptions options;
    private readonly BootstrapEnsemble merit;
    private readonly FeasibilityModel feasibility;
    private readonly TrialTable trials = new();

    public Surrogate(BaoOptions options)
    {
        this.options = options;
        merit = new BootstrapEnsemble(options.Resamples, () => new GradientBoostedTrees(options.Trees));
        feasibility = new FeasibilityModel(options.Trees);
    }

    /// <summary>Learns from everything the memory holds; it must hold a timed point.</summary>
    public void Fit(SearchMemory memory, int seed)
    {
        FeatureTable timed = memory.TimedFeatures ?? throw new InvalidOperationException("A surrogate needs at least one timed point.");
        trials.Update(memory);
        if (options.FailuresAreZeros)
        {
            merit.Fit(trials.Features!, trials.Merits(memory), seed);
            return;
        }

        merit.Fit(timed, TrialTable.TimedMerits(memory), seed);
        feasibility.Fit(trials.Features!, trials.Ran);
    }

    /// <summary>Score of a point, the larger the better.</summary>
    public double Score(ReadOnlySpan<float> features)
    {
        Estimate estimate = merit.Estimate(features);
        double score = estimate.Mean + (options.Exploration * estimate.Deviation);
        return options.FailuresAreZeros ? score : score * feasibility.Probability(features);
    }
}
