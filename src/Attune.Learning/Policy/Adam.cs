namespace Attune.Learning.Policy;

/// <summary>Adam (Kingma and Ba, ICLR 2015) with the usual decays 0.9 and 0.999 and the epsilon 1e-5 that policy gradients use.</summary>
internal sealed class Adam(int size, double rate)
{
    private const double MeanDecay = 0.9;
    private const double SquareDecay = 0.999;
    private const double Epsilon = 1e-5;
    private readonly double[] means = new double[size];
    private readonly double[] squares = new double[size];
    private int steps;

    /// <summary>Moves parameters against their gradients.</summary>
    public void Step(Span<double> parameters, ReadOnlySpan<double> gradients)
    {
        steps++;
        double corrected = rate * Math.Sqrt(1 - Math.Pow(SquareDecay, steps)) / (1 - Math.Pow(MeanDecay, steps));
        for (int i = 0; i < parameters.Length; i++)
        {
            means[i] += (1 - MeanDecay) * (gradients[i] - means[i]);
            squares[i] += (1 - SquareDecay) * ((gradients[i] * gradients[i]) - squares[i]);
            parameters[i] -= corrected * means[i] / (Math.Sqrt(squares[i]) + Epsilon);
        }
    }
}
