using Attune.Learning;
using Attune.Numerics;

namespace Attune.Tuning.Auto;

/// <summary>
/// Logarithm of the expected improvement of a merit over the best (Jones, Schonlau and Welch 1998): E[max(0, m - best)] = s (u Phi(u) + phi(u)), u = (mean -
/// best) / s. The logarithm keeps an order where the improvement itself would be 0.
/// </summary>
internal static class ExpectedImprovement
{
    private const double Far = -7;

    /// <summary>The logarithm; larger is better.</summary>
    public static double Log(Estimate estimate, double best)
    {
        double deviation = Math.Max(estimate.Deviation, 1e-9);
        double u = (estimate.Mean - best) / deviation;
        double logDensity = NormalDistribution.LogDensity(u);
        if (u < Far)
        {
            // Asymptotic series phi(u) (1/u^2 - 3/u^4 + 15/u^6): the two terms of the exact form cancel here.
            double inverse = 1 / (u * u);
            return Math.Log(deviation) + logDensity + Math.Log(inverse * (1 - (3 * inverse) + (15 * inverse * inverse)));
        }

        return Math.Log(deviation) + Math.Log((u * NormalDistribution.Cumulative(u)) + Math.Exp(logDensity));
    }
}
