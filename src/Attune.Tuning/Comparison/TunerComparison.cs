using System.Collections.Immutable;
using Attune.Measuring;
using Attune.Numerics;
using Attune.Tuning.Recorded;
using Attune.Tuning.Search;

namespace Attune.Tuning.Comparison;

/// <summary>
/// Compares searchers on recorded devices at equal numbers of trials: optimum divided by the best time found, 0 while nothing valid was found, 1 at the
/// optimum. Failing points count as trials. Every search is deterministic for its seed; only the seconds of thinking are not.
/// </summary>
public static class TunerComparison
{
    /// <summary>Runs one searcher once per seed.</summary>
    /// <param name="device">The recorded device.</param>
    /// <param name="searcher">Name in the <see cref="SearcherCatalog"/>.</param>
    /// <param name="options">Options; the seed is replaced by every seed in turn.</param>
    /// <param name="checkpoints">Numbers of trials at which to look, ascending.</param>
    /// <param name="seeds">How many seeds, starting at 1.</param>
    /// <param name="batch">Points per ask.</param>
    public static ImmutableArray<TunerScore> Run(
        RecordedDevice device, string searcher, SearcherOptions options, ImmutableArray<int> checkpoints, int seeds, int batch)
    {
        var entry = new TunerEntry(searcher, searcher, options with { ExpectedTrials = checkpoints[^1] });
        TunerRace[] races = [.. Enumerable.Range(1, seeds).Select(seed => Race(device, entry, seed, checkpoints[^1], batch, TimeProvider.System))];
        return [.. checkpoints.Select(trials => Score(races, trials))];
    }

    /// <summary>Runs one search.</summary>
    internal static TunerRace Race(
        RecordedDevice device, TunerEntry tuner, int seed, int trials, int batch, TimeProvider clock, CancellationToken cancellation = default)
    {
        long started = clock.GetTimestamp();
        ISearcher searcher = SearcherCatalog.Create(tuner.Searcher, device.Space, tuner.Options with { Seed = seed, ExpectedTrials = trials });
        var curve = ImmutableArray.CreateBuilder<double>(trials);
        double best = double.PositiveInfinity;
        double deviceSeconds = 0;
        int failures = 0;

        // A recorded device answers at once, so nothing is waited for.
        new SearchLoop(searcher, clock).RunAsync(
            new SearchLimits(trials, batch), point => ValueTask.FromResult(Measure(point)), cancellation).AsTask().GetAwaiter().GetResult();
        if (curve.Count == 0)
        {
            curve.Add(0);
        }

        return new TunerRace(device.Name, tuner.Label, seed, curve.ToImmutable(), failures, deviceSeconds, clock.GetElapsedTime(started).TotalSeconds);

        Observation Measure(long point)
        {
            MeasureResult result = device.Measure(point);
            best = Math.Min(best, result.MedianMs);
            curve.Add(double.IsFinite(best) ? device.BestMs / best : 0);
            deviceSeconds += device.CostOf(point).TotalSeconds;
            failures += double.IsFinite(result.MedianMs) ? 0 : 1;
            return new Observation(point, result.Outcome, result.MedianMs);
        }
    }

    /// <summary>Mean, spread and band over searches of one space and one searcher.</summary>
    internal static TunerScore Score(IReadOnlyList<TunerRace> races, int trials)
    {
        double[] values = [.. races.Select(race => race.At(trials))];
        (double low, double high) = BootstrapBand.OfMean([values]);
        return new TunerScore(races[0].Space, races[0].Tuner, trials, values.Average(), Moments.Deviation(values), values.Length, low, high);
    }
}
