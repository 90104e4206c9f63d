namespace Attune.Cohort.Live;

/// <summary>The latest response times of a member. Grows with use; adding one allocates only while it grows. One caller at a time.</summary>
internal sealed class ResponseWindow
{
    /// <summary>How many are kept.</summary>
    public const int Max = 100_000;

    private readonly List<double> kept = [];
    private int next;

    /// <summary>Keeps one; the oldest makes room.</summary>
    public void Add(double us)
    {
        if (kept.Count < Max)
        {
            kept.Add(us);
            return;
        }

        kept[next] = us;
        next = (next + 1) % Max;
    }

    /// <summary>A copy of the latest ones, in no particular order.</summary>
    /// <param name="max">How many at most.</param>
    public double[] Latest(int max)
    {
        int count = Math.Min(max, kept.Count);
        double[] latest = new double[count];

        // The oldest is at next once the window is full, and first before.
        int first = (next + kept.Count - count) % Math.Max(1, kept.Count);
        int straight = Math.Min(count, kept.Count - first);
        kept.CopyTo(first, latest, 0, straight);
        kept.CopyTo(0, latest, straight, count - straight);
        return latest;
    }
}
