namespace Attune.Tuning;

/// <summary>
/// Percentile bootstrap of a mean over groups of equal weight (spaces): values (seeds) are drawn anew within each group, so the band says how sure the mean is for these
/// spaces, not for spaces in general. Seeded: equal values give equal bands.
/// </summary>
internal static class BootstrapBand
{
    private const int Resamples = 2000;

    /// <summary>The 95 % band; both ends are the mean when no group has two values.</summary>
    public static (double Low, double High) OfMean(IReadOnlyList<double[]> groups)
    {
        var random = new Random(1);
        var means = new double[Resamples];
        for (int round = 0; round < Resamples; round++)
        {
            foreach (double[] group in groups)
            {
                double sum = 0;
                for (int i = 0; i < group.Length; i++)
                {
                    sum += group[random.Next(group.Length)];
                }

                means[round] += sum / group.Length / groups.Count;
            }
        }

        Array.Sort(means);
        return (means[(int)(0.025 * Resamples)], means[(int)(0.975 * Resamples) - 1]);
    }
}
