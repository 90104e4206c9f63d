namespace Attune.Numerics;

/// <summary>The standard normal distribution. Stateless.</summary>
public static class NormalDistribution
{
    /// <summary>What a standard normal number is below in 95 % of all cases.</summary>
    public const double Quantile95 = 1.6448536269514722;

    /// <summary>What a standard normal number is below in 97.5 % of all cases: that many deviations to both sides hold 95 %.</summary>
    public const double Quantile975 = 1.959963984540054;

    // Phi differs from 1 by less than 2e-12 beyond, and the series would need many terms.
    private const double Far = 7;
    private static readonly double LogRootTwoPi = 0.5 * Math.Log(2 * Math.PI);

    /// <summary>Logarithm of the density.</summary>
    public static double LogDensity(double u) => (-0.5 * u * u) - LogRootTwoPi;

    /// <summary>
    /// Probability of numbers up to this one, by the series Phi(u) = 1/2 + phi(u) (u + u^3/3 + u^5/15 + ...) (Abramowitz and Stegun 26.2.11). Absolute error
    /// below 2e-12; 0 and 1 beyond 7 deviations.
    /// </summary>
    public static double Cumulative(double u)
    {
        if (Math.Abs(u) > Far)
        {
            return u > 0 ? 1 : 0;
        }

        double term = u;
        double sum = u;
        for (int odd = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); odd += 2)
        {
            term *= u * u / odd;
            sum += term;
        }

        return 0.5 + (Math.Exp(LogDensity(u)) * sum);
    }

    /// <summary>Draws one number (Box and Muller 1958).</summary>
    public static double Draw(Random random) => FromUniform(1 - random.NextDouble(), random.NextDouble());

    /// <summary>Fills a span with draws.</summary>
    public static void Fill(Random random, Span<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Draw(random);
        }
    }

    /// <summary>The normal number that two independent uniform ones make (Box and Muller 1958).</summary>
    /// <param name="first">Above 0, up to 1.</param>
    /// <param name="second">0 to 1.</param>
    public static double FromUniform(double first, double second) => Math.Sqrt(-2 * Math.Log(first)) * Math.Cos(2 * Math.PI * second);
}
