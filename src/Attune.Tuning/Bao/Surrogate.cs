using Attune.Learning;
using Attune.Learning.Classification;
using Attune.Tuning.Search;

namespace Attune.Tuning.Bao;

/// <summary>
/// The model behind BAO's choice: a bootstrap ensemble of boosted trees on performance relative to the best (1 / time, divided by its maximum), times a model
/// of feasibility as soon as some points failed to build or run.
/// </summary>
internal sealed class Surrogate
{
    private const int RowsPerJudgement = 64;

    private readonly BaoOptions options;
    private readonly BootstrapEnsemble merit;
    private readonly FeasibilityModel feasibility;
    private readonly TrialTable trials = new();
    private double fastest = double.NaN;
    private int failures;
    private int judgedAt;

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

        // A new best time changes the unit of all labels.
        bool same = memory.Best?.TimeMs == fastest;
        fastest = memory.Best?.TimeMs ?? double.NaN;
        int members = same ? Math.Clamp(options.Resamples * options.RefitAllUpTo / Math.Max(1, timed.Rows), 1, options.Resamples) : options.Resamples;
        if (options.FailuresAreZeros)
        {
            merit.Refit(trials.Features!, trials.Merits(memory), [], seed, members);
            return;
        }

        merit.Refit(timed, TrialTable.TimedMerits(memory), [], seed, members);
        Judge(memory);
    }

    /// <summary>Score of a point, the larger the better.</summary>
    public double Score(ReadOnlySpan<float> features)
    {
        Estimate estimate = merit.Estimate(features);
        double score = estimate.Mean + (options.Exploration * estimate.Deviation);
        return options.FailuresAreZeros ? score : score * feasibility.Probability(features);
    }

    // Among many trials a success more does not change where points fail.
    private void Judge(SearchMemory memory)
    {
        int failed = memory.FailedFeatures?.Rows ?? 0;
        if (failed != failures || trials.Ran.Length - judgedAt > trials.Ran.Length / RowsPerJudgement)
        {
            (failures, judgedAt) = (failed, trials.Ran.Length);
            feasibility.Fit(trials.Features!, trials.Ran);
        }
    }
}
