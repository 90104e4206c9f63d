namespace Attune.Learning.Gaussian;

/// <summary>
/// Adam (Kingma and Ba, ICLR 2015, algorithm 1): steps along the running mean of the gradient divided by the root of its running mean square. Gradients longer than
/// ten times the root of their number are shortened first. One instance per parameter vector.
/// </summary>
/// <param name="size">Parameters.</param>
/// <param name="rate">Step length alpha, above 0.</param>
internal sealed class AdamOptimizer(int size, double rate)
{
    private const double FirstDecay = 0.9;
    private const double SecondDecay = 0.999;
    private const double Epsilon = 1e-8;
    private readonly double[] first = new double[size];
    private readonly double[] second = new double[size];
    private int steps;

    /// <summary>Moves the parameters down the gradient.</summary>
    /// <param name="parameters">Changed in place.</param>
    /// <param name="gradient">Of the loss; where it is not finite the step is skipped.</param>
    /// <param name="factor">On the step length, for decaying schedules.</param>
    public void Step(double[] parameters, double[] gradient, double factor = 1)
    {
        double norm = Math.Sqrt(Rows.Dot(gradient, gradient));
        if (!double.IsFinite(norm))
        {
            return;
        }

        steps++;
        double limit = 10 * Math.Sqrt(size);
        double scale = norm > limit ? limit / norm : 1;
        double firstCorrection = 1 - Math.Pow(FirstDecay, steps);
        double secondCorrection = 1 - Math.Pow(SecondDecay, steps);
        for (int i = 0; i < parameters.Length; i++)
        {
            double slope = gradient[i] * scale;
            first[i] = (FirstDecay * first[i]) + ((1 - FirstDecay) * slope);
            second[i] = (SecondDecay * second[i]) + ((1 - SecondDecay) * slope * slope);
            parameters[i] -= factor * rate * (first[i] / firstCorrection) / (Math.Sqrt(second[i] / secondCorrection) + Epsilon);
        }
    }
}
