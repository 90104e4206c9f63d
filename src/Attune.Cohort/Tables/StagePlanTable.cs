namespace Attune.Cohort.Tables;

/// <summary>
/// Least-cost plans of the rest of a job when every stage may have its own setting: the Lagrangian relaxation of "least sum of costs within a time" (design
/// paper, 2.4), all its breakpoints precomputed. Rows are speed-up and cost ascending like those of <see cref="SpeedUpTable"/>; a row's setting is that of the
/// next stage. Immutable.
/// </summary>
internal static class StagePlanTable
{
    /// <summary>The plans of the rest of a job.</summary>
    /// <param name="hulls">Hull of each stage of the network.</param>
    /// <param name="next">First stage of the rest.</param>
    /// <param name="baseTime">Time of the rest at the slowest setting, microseconds.</param>
    public static SpeedUpTable Of(StageHull.Point[][] hulls, int next, double baseTime)
    {
        int[] at = new int[hulls.Length];
        double time = 0;
        double cost = 0;
        for (int stage = next; stage < hulls.Length; stage++)
        {
            time += hulls[stage][0].Time;
            cost += hulls[stage][0].Cost;
        }

        var rows = new List<SpeedUpRow> { new(hulls[next][0].Setting, baseTime / time, cost) };
        while (Cheapest(hulls, next, at) is >= 0 and var stage)
        {
            StageHull.Point from = hulls[stage][at[stage]];
            StageHull.Point to = hulls[stage][++at[stage]];
            time -= from.Time - to.Time;
            cost += to.Cost - from.Cost;
            rows.Add(new SpeedUpRow(hulls[next][at[next]].Setting, baseTime / time, cost));
        }

        return SpeedUpTable.Of(rows);
    }

    /// <summary>The setting of every stage in the least-cost plan of a whole job.</summary>
    /// <param name="hulls">Hull of each stage.</param>
    /// <param name="withinUs">Time that the plan may take, microseconds; the fastest plan is returned when none fits.</param>
    /// <param name="totalUs">Time that it takes, microseconds.</param>
    /// <param name="totalCost">What it costs.</param>
    public static int[] Plan(StageHull.Point[][] hulls, double withinUs, out double totalUs, out double totalCost)
    {
        int[] at = new int[hulls.Length];
        totalUs = hulls.Sum(hull => hull[0].Time);
        while (totalUs > withinUs && Cheapest(hulls, 0, at) is >= 0 and var stage)
        {
            totalUs -= hulls[stage][at[stage]].Time - hulls[stage][at[stage] + 1].Time;
            at[stage]++;
        }

        totalCost = at.Select((point, stage) => hulls[stage][point].Cost).Sum();
        return [.. at.Select((point, stage) => hulls[stage][point].Setting)];
    }

    // The stage whose next edge saves time at the lowest price; -1 when all are at their fastest.
    private static int Cheapest(StageHull.Point[][] hulls, int next, int[] at)
    {
        int best = -1;
        double bestPrice = double.PositiveInfinity;
        for (int stage = next; stage < hulls.Length; stage++)
        {
            if (at[stage] + 1 >= hulls[stage].Length)
            {
                continue;
            }

            StageHull.Point from = hulls[stage][at[stage]];
            StageHull.Point to = hulls[stage][at[stage] + 1];
            double price = (to.Cost - from.Cost) / (from.Time - to.Time);
            if (price < bestPrice)
            {
                best = stage;
                bestPrice = price;
            }
        }

        return best;
    }
}
