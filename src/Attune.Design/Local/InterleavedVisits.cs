using Attune.Numerics;

namespace Attune.Design.Local;

/// <summary>Times several contenders in turns, in a new order each round. One run before each visit finds cold caches and is not counted.</summary>
/// <param name="options">Number and length of visits.</param>
/// <param name="clock">Time.</param>
/// <param name="random">Orders.</param>
internal sealed class InterleavedVisits(LocalMeasureOptions options, TimeProvider clock, Random random)
{
    private const int MinRuns = 3;
    private const int MaxRuns = 400;

    /// <summary>Times the contenders.</summary>
    /// <param name="contenders">Each runs once per call.</param>
    /// <param name="cancellation">Stops early; an exception is thrown.</param>
    public VisitTimes[] Run(IReadOnlyList<Action> contenders, CancellationToken cancellation)
    {
        var medians = new List<double>[contenders.Count];
        int[] runs = new int[contenders.Count];
        int[] order = new int[contenders.Count];
        for (int i = 0; i < order.Length; i++)
        {
            (order[i], medians[i]) = (i, []);
        }

        for (int visit = 0; visit < options.Visits; visit++)
        {
            random.Shuffle(order);
            foreach (int contender in order)
            {
                cancellation.ThrowIfCancellationRequested();
                double[] times = Visit(contenders[contender]);
                runs[contender] += times.Length;
                medians[contender].Add(Quantiles.Median(times));
            }
        }

        return [.. medians.Select((times, i) => new VisitTimes([.. times], runs[i]))];
    }

    private double[] Visit(Action run)
    {
        double once = TimeMs(run);
        int count = (int)Math.Clamp(options.VisitMs / Math.Max(once, 1e-4), MinRuns, MaxRuns);
        double[] times = new double[count];
        for (int i = 0; i < count; i++)
        {
            times[i] = TimeMs(run);
        }

        return times;
    }

    private double TimeMs(Action run)
    {
        long start = clock.GetTimestamp();
        run();
        return clock.GetElapsedTime(start).TotalMilliseconds;
    }
}
