namespace Attune.Numerics;

/// <summary>
/// How many times as fast one thing is as another, from pairs of times taken right after each other, so that a slow spell of the machine hits both sides of a
/// ratio. The estimate is Hodges and Lehmann's on logarithms (Annals of Mathematical Statistics 34, 1963): the median of the geometric means of all ratios two
/// by two, each with itself too. The interval is the one that belongs to Wilcoxon's signed-rank test (Tukey; Hollander, Wolfe and Chicken, Nonparametric
/// Statistical Methods, 2014, section 3.3): exact for any noise that is as likely to hit one side of a pair as the other, which alternating who goes first
/// makes sure of, bursts and drift included.
/// </summary>
/// <param name="Median">The estimate; above 1 when the first is faster.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
/// <param name="Confidence">Probability with which the interval holds the ratio: at least 0.95 from six pairs on, less with fewer.</param>
/// <param name="Pairs">Number of pairs.</param>
/// <param name="Noise">Robust standard deviation of a single pair's ratio, relative: 0.05 for 5 %.</param>
public sealed record PairedRatio(double Median, double Low, double High, double Confidence, int Pairs, double Noise)
{
    private const double Level = 0.95;

    /// <summary>What can be said: each of the two errors has a probability of at most 2.5 %.</summary>
    public RatioVerdict Verdict =>
        Confidence < Level ? RatioVerdict.CannotTell
        : Low > 1 ? RatioVerdict.Faster
        : High < 1 ? RatioVerdict.Slower
        : RatioVerdict.CannotTell;

    /// <summary>Estimates from pairs.</summary>
    /// <param name="first">Times of the thing that is judged, in any unit, above 0.</param>
    /// <param name="second">Times of the other, taken beside those at the same positions.</param>
    /// <exception cref="ArgumentException">There is no pair, the lengths differ, or a time is not above 0.</exception>
    public static PairedRatio Of(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        double[] ratios = Ratios(first, second);
        double[] means = new double[ratios.Length * (ratios.Length + 1) / 2];
        int next = 0;
        for (int i = 0; i < ratios.Length; i++)
        {
            for (int j = i; j < ratios.Length; j++)
            {
                means[next++] = Math.Sqrt(ratios[i] * ratios[j]);
            }
        }

        Array.Sort(means);
        (int cut, double tail) = SignedRank.Critical(ratios.Length, (1 - Level) / 2);
        if (cut < 0)
        {
            // Too few pairs: their range, and how little that says.
            (cut, tail) = (0, Math.Pow(0.5, ratios.Length));
        }

        double noise = RobustStatistics.Deviation([.. ratios.Select(ratio => Math.Log(ratio))]);
        return new PairedRatio(Middle(means), means[cut], means[^(cut + 1)], 1 - (2 * tail), ratios.Length, noise);
    }

    /// <summary>The plain median of the pairs' ratios: for a choice after a few rounds, of which nearly half may be disturbed.</summary>
    /// <param name="first">As for <see cref="Of"/>.</param>
    /// <param name="second">As for <see cref="Of"/>.</param>
    /// <exception cref="ArgumentException">As for <see cref="Of"/>.</exception>
    public static double MedianOf(IReadOnlyList<double> first, IReadOnlyList<double> second) => Middle([.. Ratios(first, second).Order()]);

    // Of an even number the geometric mean of the middle two, so that exchanging the sides gives the reciprocal.
    private static double Middle(double[] sorted) => Math.Sqrt(sorted[(sorted.Length - 1) / 2] * sorted[sorted.Length / 2]);

    private static double[] Ratios(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (first.Count != second.Count || first.Count == 0)
        {
            throw new ArgumentException($"{first.Count} and {second.Count} times make no pairs.", nameof(second));
        }

        double[] ratios = [.. first.Zip(second, (mine, other) => other / mine)];
        return ratios.All(ratio => ratio > 0 && double.IsFinite(ratio)) ? ratios : throw new ArgumentException("A time is not above 0.", nameof(first));
    }
}
