namespace Attune.Numerics;

/// <summary>
/// Percentile bootstrap of a mean over groups of equal weight: values are drawn anew within each group, so the band says how sure the mean is for these groups
/// (tasks, spaces), not for groups in general. Seeded: equal values give equal bands.
/// </summary>
public static class BootstrapBand
{
    /// <summary>The 95 % band; both ends are the mean when no group has two values.</summary>
    /// <param name="groups">Values of each group; at least one group, none empty.</param>
    /// <param name="resamples">How often all are drawn anew, at least 1.</param>
    public static (double Low, double High) OfMean(IReadOnlyList<double[]> groups, int resamples = 2000)
    {
        var random = new Random(1);
        var means = new double[resamples];
        for (int round = 0; round < resamples; round++)
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
        return (Quantiles.Of(means, 0.025), Quantiles.Of(means, 0.975));
    }
}
