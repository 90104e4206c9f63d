using Attune.Tuning.Sampling;
using Attune.Tuning.Search;

namespace Attune.Tuning.Bao;

/// <summary>
/// Bootstrap-guided Adaptive Optimisation (DATE 2021, algorithm 4): every step fits the surrogate on bootstrap resamples, scores a neighbourhood of the last
/// point whose radius grows when the last step gained less than a few per cent, and takes the best. A batch takes the best points that keep a distance from
/// each other. A step costs Gamma fits and about <see cref="BaoOptions.CandidateLimit"/> predictions. Says nothing until a point was timed.
/// </summary>
internal sealed class BaoSearch(BaoOptions options, int seed) : IProposer
{
    private readonly Surrogate surrogate = new(options);
    private int step;
    private int seen;
    private double previous;
    private double beforeThat;

    public IReadOnlyList<long> Propose(SearchMemory memory, int count)
    {
        if (memory.Best is not { } best || memory.Timed.Count < 2)
        {
            return [];
        }

        long centre = Advance(memory, best);
        double gain = step == 1 ? double.PositiveInfinity : (previous - beforeThat) / Math.Max(previous, 1e-9);
        double radius = gain < options.MinGain ? options.Growth * options.Radius : options.Radius;
        List<long> candidates = BaoCandidates.Collect(memory, options, centre, best.Index, radius);
        surrogate.Fit(memory, unchecked((seed * 1_000_003) + step));
        var scores = new double[candidates.Count];
        long[] points = [.. candidates];
        for (int i = 0; i < points.Length; i++)
        {
            scores[i] = -surrogate.Score(memory.FeaturesOf(points[i]));
        }

        Array.Sort(scores, points);
        return Spread(memory, points, count);
    }

    private long Advance(SearchMemory memory, Observation best)
    {
        Observation[] batch = [.. memory.Timed.Skip(seen)];
        bool first = step == 0;
        step++;
        seen = memory.Timed.Count;
        if (first)
        {
            previous = beforeThat = 1 / best.TimeMs;
            return best.Index;
        }

        Observation last = batch.Length == 0 ? best : batch.MinBy(observation => observation.TimeMs);
        beforeThat = previous;
        previous = batch.Length == 0 ? 0 : 1 / last.TimeMs;

        // The printed rule follows the last point wherever it leads; one that is twice as slow as the best leads nowhere.
        return last.TimeMs > 2 * best.TimeMs ? best.Index : last.Index;
    }

    private List<long> Spread(SearchMemory memory, long[] ranked, int count)
    {
        var chosen = new List<long>(count);
        double min = options.Spacing * options.Spacing;
        foreach (long point in ranked)
        {
            if (chosen.Count < count && chosen.TrueForAll(other => KnobMetric.Squared(memory.Space, point, other) >= min))
            {
                chosen.Add(point);
            }
        }

        foreach (long point in ranked)
        {
            if (chosen.Count < count && !chosen.Contains(point))
            {
                chosen.Add(point);
            }
        }

        return chosen;
    }
}
