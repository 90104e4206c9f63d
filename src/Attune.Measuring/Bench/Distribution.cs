using System.Text.Json.Serialization;
using Attune.Numerics;

namespace Attune.Measuring.Bench;

/// <summary>
/// What a series of latencies looks like. All in milliseconds (the variance in their square); quantiles interpolate between order statistics.
/// </summary>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="Variance">Sample variance (divisor n - 1).</param>
/// <param name="Median">Half of the runs are faster.</param>
/// <param name="P95">95 % of the runs are faster.</param>
/// <param name="P99">99 % of the runs are faster.</param>
/// <param name="Minimum">Fastest run.</param>
public sealed record Distribution(double Mean, double Variance, double Median, double P95, double P99, [property: JsonPropertyName("min")] double Minimum)
{
    // Spread alone lifts the mean of latencies by a few percent over their median.
    private const double Agreement = 1.25;

    /// <summary>True when mean and median tell different stories: some runs were held up.</summary>
    [JsonIgnore]
    public bool IsDisturbed => Mean > Agreement * Median;

    /// <summary>Describes a series.</summary>
    /// <param name="times">The series, in any order, milliseconds.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public static Distribution Of(IReadOnlyCollection<double> times)
    {
        if (times.Count == 0)
        {
            throw new ArgumentException("Nothing was timed.", nameof(times));
        }

        double[] sorted = [.. times.Order()];
        return new Distribution(
            sorted.Average(), Moments.Variance(sorted), Quantiles.Of(sorted, 0.5), Quantiles.Of(sorted, 0.95), Quantiles.Of(sorted, 0.99), sorted[0]);
    }
}
