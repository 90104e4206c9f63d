using Attune.Numerics;

namespace Attune.Measuring.Probes;

/// <summary>How steady this machine is.</summary>
/// <param name="MedianMs">Median time of the fixed work, milliseconds.</param>
/// <param name="RelativeSpread">Robust standard deviation divided by the median.</param>
/// <param name="WorstRatio">Slowest time divided by the median: how bad one disturbance is.</param>
public sealed record NoiseReport(double MedianMs, double RelativeSpread, double WorstRatio)
{
    // From the default precision of the timing protocol: above these, repeats stop at the budget instead of the wanted precision.
    private const double SteadySpread = 0.02;
    private const double NoisySpread = 0.05;

    /// <summary>One word for people.</summary>
    public string Verdict => RelativeSpread switch
    {
        <= SteadySpread => "steady",
        <= NoisySpread => "somewhat noisy",
        _ => "noisy: close other programs, or expect wide intervals",
    };

    internal static NoiseReport Of(double[] timesMs)
    {
        double median = Quantiles.Median(timesMs);
        return new NoiseReport(median, RobustStatistics.Deviation(timesMs) / median, timesMs.Max() / median);
    }
}
