using System.Collections.Immutable;
using Attune.Numerics;

namespace Attune.Bench.Searchers;

/// <summary>
/// How a searcher compares with the baseline over all tasks and seeds; pairs have the same task and seed. Ratios are baseline / searcher: above 1 the searcher
/// is better.
/// </summary>
/// <param name="Searcher">The searcher.</param>
/// <param name="Baseline">What it is compared with.</param>
/// <param name="GeometricMean">Geometric mean of the ratios.</param>
/// <param name="Low">Lower end of its 95 % bootstrap interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Wins">Pairs that the searcher wins.</param>
/// <param name="Ties">Pairs that ended at the same configuration, or at exactly the same time.</param>
/// <param name="Pairs">All pairs.</param>
internal sealed record PairedSummary(string Searcher, string Baseline, double GeometricMean, double Low, double High, int Wins, int Ties, int Pairs)
{
    private const int Resamples = 10_000;

    /// <summary>
    /// Compares. The interval is a percentile bootstrap that draws seeds anew within each task: it says how sure the figure is for these tasks, not for tasks
    /// in general. Seeded, so equal times give equal intervals.
    /// </summary>
    /// <param name="searcher">The searcher.</param>
    /// <param name="baseline">What it is compared with.</param>
    /// <param name="races">Tasks, each with both searchers' runs of the same seeds; at least one.</param>
    public static PairedSummary Of(string searcher, string baseline, IReadOnlyCollection<TaskRace> races)
    {
        double[][] logs = [.. races.Select(race => LogRatios(race.BestsOf(baseline), race.BestsOf(searcher)))];
        double[] all = [.. logs.SelectMany(task => task)];
        (double low, double high) = BootstrapBand.OfMean(logs, Resamples);
        return new PairedSummary(
            searcher,
            baseline,
            Math.Exp(all.Average()),
            Math.Exp(low),
            Math.Exp(high),
            all.Count(log => log > 0),
            all.Count(log => log == 0),
            all.Length);
    }

    private static double[] LogRatios(ImmutableArray<double> baseline, ImmutableArray<double> searcher) =>
        [.. baseline.Zip(searcher, (theirs, ours) => Math.Log(theirs / ours))];
}
