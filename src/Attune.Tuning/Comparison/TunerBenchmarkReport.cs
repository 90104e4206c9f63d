using System.Collections.Immutable;

namespace Attune.Tuning.Comparison;

/// <summary>What a comparison of searchers found. Everything but the seconds of thinking is the same for equal inputs.</summary>
/// <param name="Scores">Per space, searcher and number of trials.</param>
/// <param name="Means">Per searcher and number of trials, over all spaces.</param>
/// <param name="Duels">Every pair of searchers at every number of trials.</param>
/// <param name="Costs">Per searcher.</param>
/// <param name="Random">Exact expectation of random search per space and number of trials, in the order of the devices.</param>
/// <param name="Races">All searches, for curves.</param>
public sealed record TunerBenchmarkReport(
    ImmutableArray<TunerScore> Scores,
    ImmutableArray<TunerMean> Means,
    ImmutableArray<TunerDuel> Duels,
    ImmutableArray<TunerCost> Costs,
    ImmutableArray<TunerScore> Random,
    ImmutableArray<TunerRace> Races)
{
    /// <summary>Mean over seeds of optimum / best found after every trial: the convergence curve of one searcher on one space.</summary>
    /// <exception cref="ArgumentException">There is no such search.</exception>
    public ImmutableArray<double> Curve(string space, string tuner)
    {
        TunerRace[] races = [.. Races.Where(race => race.Space == space && race.Tuner == tuner)];
        return races.Length > 0
            ? [.. Enumerable.Range(1, races.Max(race => race.Curve.Length)).Select(trials => races.Average(race => race.At(trials)))]
            : throw new ArgumentException($"The comparison has no search of '{tuner}' on '{space}'.", nameof(tuner));
    }
}
