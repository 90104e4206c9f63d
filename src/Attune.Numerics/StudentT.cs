namespace Attune.Numerics;

/// <summary>Student's t distribution, for intervals of means. Stateless.</summary>
public static class StudentT
{
    private const int Many = 500;

    /// <summary>
    /// How many standard errors to each side of a mean hold the true one with 95 %: the quantile at 0.975. Falls from 12.706 for one degree of
    /// freedom towards 1.960.
    /// </summary>
    /// <param name="degrees">Degrees of freedom, at least 1: one less than there are values.</param>
    public static double Factor95(int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        if (degrees > Many)
        {
            return FromNormal(degrees);
        }

        (double low, double high) = (NormalDistribution.Quantile975, 13);
        while (high - low > 1e-12)
        {
            double middle = (low + high) / 2;
            (low, high) = Within(middle, degrees) < 0.95 ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    // The probability that |t| is at most so large, a finite sum for whole degrees of freedom (Abramowitz and Stegun, 26.7.3 and 26.7.4).
    private static double Within(double t, int degrees)
    {
        double angle = Math.Atan(t / Math.Sqrt(degrees));
        double square = Math.Cos(angle) * Math.Cos(angle);
        bool isOdd = degrees % 2 == 1;
        double term = isOdd ? Math.Cos(angle) : 1;
        double sum = 0;
        for (int k = isOdd ? 1 : 0; k <= degrees - 2; k += 2)
        {
            sum += term;
            term *= square * (k + 1) / (k + 2);
        }

        return isOdd ? 2 / Math.PI * (angle + (Math.Sin(angle) * sum)) : Math.Sin(angle) * sum;
    }

    // The expansion around the normal quantile (26.7.5); its next term is below 1e-12 here.
    private static double FromNormal(double degrees)
    {
        const double x = NormalDistribution.Quantile975;
        double x3 = x * x * x;
        double x5 = x3 * x * x;
        double x7 = x5 * x * x;
        return x
            + ((x3 + x) / (4 * degrees))
            + (((5 * x5) + (16 * x3) + (3 * x)) / (96 * degrees * degrees))
            + (((3 * x7) + (19 * x5) + (17 * x3) - (15 * x)) / (384 * degrees * degrees * degrees));
    }
}
