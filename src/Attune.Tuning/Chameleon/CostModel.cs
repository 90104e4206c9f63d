using Attune.Learning;
using Attune.Learning.Classification;
using Attune.Tuning.Search;

namespace Attune.Tuning.Chameleon;

/// <summary>
/// CHAMELEON's cost model: boosted trees on performance relative to the best (values, because they are rewards), times the probability to run once points
/// failed. Keeps what it predicted until the next fit.
/// </summary>
internal sealed class CostModel(ChameleonOptions options)
{
    private readonly GradientBoostedTrees merit = new(options.Trees);
    private readonly FeasibilityModel feasibility = new(options.Trees);
    private readonly TrialTable trials = new();
    private readonly Dictionary<long, double> predicted = [];

    /// <summary>Learns from everything the memory holds; it must hold a timed point.</summary>
    public void Fit(SearchMemory memory)
    {
        predicted.Clear();
        trials.Update(memory);
        if (options.FailuresAreZeros)
        {
            merit.Fit(trials.Features!, trials.Merits(memory), []);
            return;
        }

        merit.Fit(memory.TimedFeatures!, TrialTable.TimedMerits(memory), []);
        feasibility.Fit(trials.Features!, trials.Ran);
    }

    /// <summary>Predicted merit of a point; 0 where the space forbids it.</summary>
    public double Predict(SearchMemory memory, long point)
    {
        if (!predicted.TryGetValue(point, out double score))
        {
            if (memory.Space.IsValid(point))
            {
                float[] features = memory.FeaturesOf(point);
                score = merit.Predict(features) * (options.FailuresAreZeros ? 1 : feasibility.Probability(features));
            }

            predicted[point] = score;
        }

        return score;
    }
}
