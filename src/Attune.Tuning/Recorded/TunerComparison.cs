using System.Collections.Immutable;
using Attune.Measuring;

namespace Attune.Tuning;

/// <summary>
/// Compares searchers on a recorded device at equal numbers of trials: optimum divided by the best time found, 0 while nothing valid was found, 1 at the optimum.
/// Failing points count as trials.
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
    public static ImmutableArray<TunerScore> Run(RecordedDevice device, string searcher, SearcherOptions options, ImmutableArray<int> checkpoints, int seeds, int batch)
    {
        var quality = new double[checkpoints.Length, seeds];
        for (int run = 0; run < seeds; run++)
        {
            double[] curve = Curve(device, SearcherCatalog.Create(searcher, device.Space, options with { Seed = run + 1 }), checkpoints[^1], batch);
            for (int i = 0; i < checkpoints.Length; i++)
            {
                quality[i, run] = curve[checkpoints[i] - 1];
            }
        }

        return [.. checkpoints.Select((trials, i) =>
        {
            double[] values = [.. Enumerable.Range(0, seeds).Select(run => quality[i, run])];
            double mean = values.Average();
            double spread = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, seeds - 1));
            return new TunerScore(device.Name, searcher, trials, mean, spread, seeds);
        })];
    }

    private static double[] Curve(RecordedDevice device, ISearcher searcher, int trials, int batch)
    {
        var curve = new double[trials];
        double best = double.PositiveInfinity;
        int done = 0;
        while (done < trials)
        {
            ImmutableArray<long> asked = searcher.Ask(Math.Min(batch, trials - done));
            if (asked.IsEmpty)
            {
                Array.Fill(curve, device.BestMs / best, done, trials - done);
                break;
            }

            var observations = new List<Observation>(asked.Length);
            foreach (long point in asked)
            {
                MeasureResult result = device.Measure(point);
                best = Math.Min(best, result.MedianMs);
                curve[done++] = device.BestMs / best;
                observations.Add(new Observation(point, result.Outcome, result.MedianMs));
            }

            searcher.Tell(observations);
        }

        return curve;
    }
}
