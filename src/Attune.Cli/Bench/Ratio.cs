namespace Attune.Cli.Bench;

/// <summary>How many times as fast as the peer we are, with the 95 % interval of the median over blocks.</summary>
/// <param name="Median">Median over blocks of (peer's median / our median).</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
internal sealed record Ratio(double Median, double Low, double High)
{
    private const int Resamples = 2000;

    /// <summary>
    /// Pairs the blocks, so that a slow spell of the machine hits both sides of a ratio; the interval is the percentile bootstrap over blocks,
    /// seeded and so the same for the same times.
    /// </summary>
    /// <param name="ours">Our medians per block, milliseconds.</param>
    /// <param name="peer">The peer's medians of the same blocks, milliseconds.</param>
    public static Ratio Of(IReadOnlyList<double> ours, IReadOnlyList<double> peer)
    {
        double[] ratios = [.. ours.Zip(peer, (mine, theirs) => theirs / mine)];
        var random = new Random(1);
        double[] medians = new double[Resamples];
        double[] sample = new double[ratios.Length];
        for (int round = 0; round < Resamples; round++)
        {
            for (int i = 0; i < sample.Length; i++)
            {
                sample[i] = ratios[random.Next(ratios.Length)];
            }

            Array.Sort(sample);
            medians[round] = Distribution.Quantile(sample, 0.5);
        }

        Array.Sort(medians);
        return new Ratio(Distribution.Quantile([.. ratios.Order()], 0.5), Distribution.Quantile(medians, 0.025), Distribution.Quantile(medians, 0.975));
    }
}
