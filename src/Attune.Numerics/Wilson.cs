using System.Runtime.InteropServices;

namespace Attune.Numerics;

/// <summary>A rate with its 95 % interval by Wilson, which holds for rates near 0 too.</summary>
/// <param name="Rate">Share of successes, 0 to 1.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Wilson(double Rate, double Low, double High)
{
    private const double Quantile = NormalDistribution.Quantile975;

    /// <summary>The rate of some trials; 0 to 1 when there are none.</summary>
    /// <param name="hits">Successes, 0 to <paramref name="trials"/>.</param>
    /// <param name="trials">Trials.</param>
    public static Wilson Of(long hits, long trials)
    {
        if (trials == 0)
        {
            return new Wilson(0, 0, 1);
        }

        double rate = (double)hits / trials;
        double square = Quantile * Quantile / trials;
        double centre = (rate + (square / 2)) / (1 + square);
        double half = Quantile / (1 + square) * Math.Sqrt((rate * (1 - rate) / trials) + (square / (4 * trials)));
        return new Wilson(rate, hits == 0 ? 0 : Math.Max(0, centre - half), hits == trials ? 1 : Math.Min(1, centre + half));
    }
}
