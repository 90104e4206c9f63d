using Attune.Learning;

namespace Attune.Tuning;

/// <summary>
/// Logarithm of the expected improvement of a merit over the best (Jones, Schonlau and Welch 1998): E[max(0, m - best)] = s (u Phi(u) + phi(u)), u = (mean - best) / s.
/// The logarithm keeps an order where the improvement itself would be 0.
/// </summary>
internal static class ExpectedImprovement
{
    private const double Far = -7;
    private static readonly double LogRootTwoPi = 0.5 * Math.Log(2 * Math.PI);

    /// <summary>The logarithm; larger is better.</summary>
    public static double Log(Estimate estimate, double best)
    {
        double deviation = Math.Max(estimate.Deviation, 1e-9);
        double u = (estimate.Mean - best) / deviation;
        double logDensity = (-0.5 * u * u) - LogRootTwoPi;
        if (u < Far)
        {
            // Asymptotic series phi(u) (1/u^2 - 3/u^4 + 15/u^6): the two terms of the exact form cancel here.
            double inverse = 1 / (u * u);
            return Math.Log(deviation) + logDensity + Math.Log(inverse * (1 - (3 * inverse) + (15 * inverse * inverse)));
        }

        double density = Math.Exp(logDensity);
        return Math.Log(deviation) + Math.Log((u * Normal(u, density)) + density);
    }

    /// <summary>The standard normal distribution function by its Taylor-like series Phi(u) = 1/2 + phi(u) (u + u^3/3 + u^5/15 + ...), for moderate u.</summary>
    private static double Normal(double u, double density)
    {
        if (u > -Far)
        {
            return 1;
        }

        double term = u;
        double sum = u;
        for (int odd = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); odd += 2)
        {
            term *= u * u / odd;
            sum += term;
        }

        return 0.5 + (density * sum);
    }
}
