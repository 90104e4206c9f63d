namespace Attune.Cohort.Tables;

/// <summary>
/// The SpeedUp/PowerUp table of some work (design paper, 1.5): the settings that no other one beats in both speed and cost, found by binary search. Also keeps
/// every setting's own row, for questions about settings that somebody else chose. Immutable; look-ups allocate nothing, O(log n).
/// </summary>
internal sealed class SpeedUpTable
{
    private readonly SpeedUpRow[] all;
    private readonly SpeedUpRow[] front;

    private SpeedUpTable(SpeedUpRow[] all, SpeedUpRow[] front)
    {
        this.all = all;
        this.front = front;
    }

    /// <summary>Rows of the Pareto front, speed-up and cost ascending.</summary>
    public ReadOnlySpan<SpeedUpRow> Front => front;

    /// <summary>Speed-up of the fastest setting.</summary>
    public double Fastest => front[^1].SpeedUp;

    /// <summary>Builds a table.</summary>
    /// <param name="rows">One row per setting, in the order of settings, at least one.</param>
    public static SpeedUpTable Of(IEnumerable<SpeedUpRow> rows)
    {
        SpeedUpRow[] given = [.. rows];
        return new SpeedUpTable(given, FrontOf(given));
    }

    /// <summary>The same table when some settings cannot be had: they keep their rows, but are never looked up.</summary>
    /// <param name="available">One flag per setting; rows are in the order of settings.</param>
    public SpeedUpTable Only(bool[] available) => new(all, FrontOf(all.Where(row => available[row.Setting])));

    private static SpeedUpRow[] FrontOf(IEnumerable<SpeedUpRow> rows)
    {
        var kept = new List<SpeedUpRow>();
        double best = double.PositiveInfinity;
        foreach (SpeedUpRow row in rows.OrderByDescending(row => row.SpeedUp).ThenBy(row => row.Cost).ThenBy(row => row.Setting))
        {
            if (row.Cost < best)
            {
                kept.Add(row);
                best = row.Cost;
            }
        }

        kept.Reverse();
        return [.. kept];
    }

    /// <summary>The row of any setting, on the front or not.</summary>
    public ref readonly SpeedUpRow this[int setting] => ref all[setting];

    /// <summary>The cheapest row that is fast enough; the fastest one when none is.</summary>
    /// <param name="required">Speed-up that is needed.</param>
    /// <param name="guard">Share by which to be faster than needed.</param>
    /// <param name="feasible">False when no setting is fast enough.</param>
    public SpeedUpRow Lookup(double required, double guard, out bool feasible)
    {
        double wanted = required * (1 + guard);
        int low = 0;
        int high = front.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (front[middle].SpeedUp >= wanted)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        feasible = low < front.Length;
        return front[feasible ? low : ^1];
    }
}
