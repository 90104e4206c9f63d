namespace Attune.Kernels.Reference;

/// <summary>Functions that the base library lacks.</summary>
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

    /// <summary>1 / (1 + e^-x) without overflow.</summary>
    public static double Sigmoid(double x)
    {
        double small = Math.Exp(-Math.Abs(x));
        return x >= 0 ? 1 / (1 + small) : small / (1 + small);
    }

    /// <summary>log(1 + e^x) without overflow.</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    /// <summary>x Phi(x), the exact form.</summary>
    public static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    /// <summary>GELU through tanh, as BERT's and GPT's authors approximate it.</summary>
    public static double GeluTanh(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));
}
