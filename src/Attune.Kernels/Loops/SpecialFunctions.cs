namespace Attune.Kernels.Loops;

/// <summary>Functions that the base library lacks, or computes with cancellation. Relative errors are a few units of double precision.</summary>
internal static class SpecialFunctions
{
    private const double TwoOverRootPi = 1.1283791670955126;

    /// <summary>
    /// The error function, by erf(x) = 2/sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (2n+1)!! (Abramowitz and Stegun 7.1.6): all terms have one sign,
    /// so nothing cancels. From |x| = 6 on the result is 1 in double precision.
    /// </summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x))
        {
            return x;
        }

        if (Math.Abs(x) >= 6)
        {
            return Math.Sign(x);
        }

        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return TwoOverRootPi * Math.Exp(-x * x) * sum;
    }

    /// <summary>
    /// 1 - erf(x), which keeps its digits where erf is almost 1: from x = 1.5 on by the continued fraction
    /// exp(-x^2) / sqrt(pi) / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))) (Abramowitz and Stegun 7.1.14).
    /// </summary>
    public static double ComplementaryErf(double x)
    {
        const double firstOfFraction = 1.5;
        const int depth = 120;
        if (!(x >= firstOfFraction))
        {
            return 1 - Erf(x);
        }

        double fraction = 0;
        for (int n = depth; n > 0; n--)
        {
            fraction = n / 2.0 / (x + fraction);
        }

        return TwoOverRootPi / 2 * Math.Exp(-x * x) / (x + fraction);
    }

    /// <summary>The probability that a standard normal variable exceeds x.</summary>
    public static double NormalTail(double x) => 0.5 * ComplementaryErf(x / Math.Sqrt(2));

    /// <summary>log(1 + x): the logarithm of what 1 + x was rounded to, corrected by how much it was rounded.</summary>
    public static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : double.IsInfinity(sum) ? sum : Math.Log(sum) * (x / (sum - 1));
    }

    /// <summary>e^x - 1, corrected by how much e^x was rounded.</summary>
    public static double ExpMinusOne(double x)
    {
        double power = Math.Exp(x);
        return power == 1 ? x : power - 1 == -1 || double.IsInfinity(power) ? power - 1 : (power - 1) * (x / Math.Log(power));
    }

    /// <summary>1 / (1 + e^-x) without overflow.</summary>
    public static double Sigmoid(double x)
    {
        double small = Math.Exp(-Math.Abs(x));
        return x >= 0 ? 1 / (1 + small) : small / (1 + small);
    }

    /// <summary>log(1 + e^x) without overflow, and without losing e^x where it is small.</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)));

    /// <summary>x Phi(x), the exact form.</summary>
    public static double Gelu(double x) => x * NormalTail(-x);

    /// <summary>GELU through tanh, as BERT's and GPT's authors approximate it: x (1 + tanh u) / 2, which is x sigmoid(2 u).</summary>
    public static double GeluTanh(double x) => x * Sigmoid(2 * Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)));
}
