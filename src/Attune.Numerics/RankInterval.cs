using System.Runtime.InteropServices;

namespace Attune.Numerics;

/// <summary>
/// Interval of a rank correlation that was estimated from few designs: Fisher's transformation with the standard error sqrt((1 + r^2 / 2) / (n - 3)) of Bonett
/// and Wright (Psychometrika 2000).
/// </summary>
/// <param name="Estimate">The estimate, -1 to 1.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <param name="Count">Designs.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RankInterval(double Estimate, double Low, double High, int Count)
{
    private const double NearlyOne = 1 - 1e-9;

    /// <summary>The interval around an estimate.</summary>
    /// <param name="estimate">The estimate; NaN gives an interval that excludes nothing.</param>
    /// <param name="count">Designs, at least 0; below 4 the interval excludes nothing.</param>
    /// <param name="deviations">Half width in standard errors; the default is 95 %.</param>
    public static RankInterval Of(double estimate, int count, double deviations = NormalDistribution.Quantile975)
    {
        if (double.IsNaN(estimate) || count < 4)
        {
            return new RankInterval(estimate, -1, 1, count);
        }

        double z = Math.Atanh(Math.Clamp(estimate, -NearlyOne, NearlyOne));
        double half = deviations * Math.Sqrt((1 + (estimate * estimate / 2)) / (count - 3));
        return new RankInterval(estimate, Math.Tanh(z - half), Math.Tanh(z + half), count);
    }

    /// <summary>The estimate from measurements of two devices.</summary>
    public static RankInterval Of(ReadOnlySpan<double> left, ReadOnlySpan<double> right, double resolution = 0)
    {
        int count = 0;
        for (int i = 0; i < left.Length; i++)
        {
            count += double.IsNaN(left[i]) || double.IsNaN(right[i]) ? 0 : 1;
        }

        return Of(Spearman.Of(left, right, resolution), count);
    }

    /// <summary>
    /// Share of pairs of designs that the other device orders the other way, for normal scores: (1 - tau) / 2 with r = 2 sin(pi rho / 6), tau = (2 / pi) asin
    /// r.
    /// </summary>
    public double DiscordantShare => (1 - (2 / Math.PI * Math.Asin(Math.Clamp(2 * Math.Sin(Math.PI * Estimate / 6), -1, 1)))) / 2;

    /// <inheritdoc/>
    public override string ToString() => $"{Estimate:0.00} [{Low:0.00}, {High:0.00}]";
}
