namespace Attune.Numerics;

/// <summary>
/// Null distribution of Wilcoxon's signed-rank statistic (Wilcoxon, Biometrics Bulletin 1, 1945): the sum of those ranks 1..n whose sign came out positive,
/// when every sign is a fair coin. Exact, by counting.
/// </summary>
internal static class SignedRank
{
    /// <summary>The largest value that the statistic does not exceed with more than a given probability; -1 when even 0 is more likely.</summary>
    /// <param name="count">Number of ranks, at least 1.</param>
    /// <param name="tail">The probability.</param>
    /// <returns>The value, and how likely the statistic is at most that.</returns>
    public static (int Value, double Tail) Critical(int count, double tail)
    {
        double[] distribution = Distribution(count);
        double below = 0;
        int value = -1;
        while (value + 1 < distribution.Length && below + distribution[value + 1] <= tail)
        {
            below += distribution[++value];
        }

        return (value, below);
    }

    private static double[] Distribution(int count)
    {
        var probabilities = new double[(count * (count + 1) / 2) + 1];
        probabilities[0] = 1;
        int max = 0;
        for (int rank = 1; rank <= count; rank++)
        {
            max += rank;
            for (int sum = max; sum >= 0; sum--)
            {
                probabilities[sum] = (probabilities[sum] + (sum >= rank ? probabilities[sum - rank] : 0)) / 2;
            }
        }

        return probabilities;
    }
}
