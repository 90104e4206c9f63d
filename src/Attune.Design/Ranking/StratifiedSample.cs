namespace Attune.Design.Ranking;

/// <summary>
/// Designs spread over the range of a proxy's latencies: the sorted designs are cut into equal strata, and every stratum gives as many at random. A sample
/// without strata can miss the fast end, where most budgets are. Pure; seeded.
/// </summary>
public static class StratifiedSample
{
    /// <summary>Draws designs.</summary>
    /// <param name="latencies">One value per design; NaN where a design does not run: such designs are never drawn.</param>
    /// <param name="count">How many; all that run when there are fewer.</param>
    /// <param name="random">Source of randomness.</param>
    /// <param name="strata">Strata, at least 1; 10 are deciles.</param>
    /// <returns>Distinct positions, by latency.</returns>
    public static int[] Draw(ReadOnlySpan<double> latencies, int count, Random random, int strata = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(strata);
        double[] values = latencies.ToArray();
        int[] sorted = [.. Enumerable.Range(0, values.Length).Where(i => !double.IsNaN(values[i])).OrderBy(i => values[i])];
        int wanted = Math.Min(count, sorted.Length);
        var drawn = new List<int>(wanted);
        for (int s = 0; s < strata; s++)
        {
            int[] stratum = sorted[(sorted.Length * s / strata)..(sorted.Length * (s + 1) / strata)];
            random.Shuffle(stratum);
            // Whole shares first; what is left goes to strata at random below.
            drawn.AddRange(stratum.Take(wanted / strata));
        }

        int[] rest = [.. sorted.Except(drawn)];
        random.Shuffle(rest);
        drawn.AddRange(PerStratum(rest, sorted, strata, wanted - drawn.Count));
        return [.. drawn.OrderBy(i => values[i])];
    }

    /// <summary>At most one more from each stratum as long as that lasts.</summary>
    private static int[] PerStratum(int[] rest, int[] sorted, int strata, int count)
    {
        var stratumOf = new Dictionary<int, int>();
        for (int i = 0; i < sorted.Length; i++)
        {
            stratumOf[sorted[i]] = (int)((long)i * strata / sorted.Length);
        }

        return [.. rest.GroupBy(i => stratumOf[i]).SelectMany(
            group => group.Select((design, round) => (design, round))).OrderBy(entry => entry.round).Take(count).Select(entry => entry.design)];
    }
}
