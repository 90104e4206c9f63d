namespace Attune.Numerics;

/// <summary>
/// Significance of paired differences: the sign-flip permutation test on their mean (Fisher), which assumes only that under the null hypothesis a difference is
/// as likely as its opposite; and Holm's correction for many tests.
/// </summary>
public static class PairedTest
{
    private const int ExactUpTo = 14;
    private const int Flips = 20_000;

    /// <summary>
    /// Two-sided p. Zero differences carry no sign and are left out. Up to 14 others all sign patterns are counted; beyond that 20,000 seeded random ones, so
    /// that the least p is 1/20,001.
    /// </summary>
    public static double SignFlip(IEnumerable<double> differences)
    {
        double[] values = [.. differences.Where(difference => difference != 0)];
        double observed = Math.Abs(values.Sum()) * (1 - 1e-12);
        if (values.Length == 0)
        {
            return 1;
        }

        return values.Length <= ExactUpTo ? Exact(values, observed) : Sampled(values, observed);
    }

    /// <summary>Holm's step-down adjustment, in the order given: the smallest of m p-values times m, the next times m - 1, never falling, at most 1.</summary>
    public static double[] Holm(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        var adjusted = new double[values.Count];
        double floor = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            floor = Math.Max(floor, Math.Min(1, values[order[rank]] * (order.Length - rank)));
            adjusted[order[rank]] = floor;
        }

        return adjusted;
    }

    private static double Exact(double[] values, double observed)
    {
        int extreme = 0;
        int patterns = 1 << values.Length;
        for (int pattern = 0; pattern < patterns; pattern++)
        {
            double sum = 0;
            for (int i = 0; i < values.Length; i++)
            {
                sum += ((pattern >> i) & 1) == 0 ? values[i] : -values[i];
            }

            extreme += Math.Abs(sum) >= observed ? 1 : 0;
        }

        return (double)extreme / patterns;
    }

    private static double Sampled(double[] values, double observed)
    {
        var random = new Random(1);
        int extreme = 1;
        for (int flip = 0; flip < Flips; flip++)
        {
            double sum = 0;
            int signs = 0;
            for (int i = 0; i < values.Length; i++)
            {
                signs = i % 30 == 0 ? random.Next() : signs >> 1;
                sum += (signs & 1) == 0 ? values[i] : -values[i];
            }

            extreme += Math.Abs(sum) >= observed ? 1 : 0;
        }

        return (double)extreme / (Flips + 1);
    }
}
