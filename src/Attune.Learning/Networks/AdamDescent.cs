using System.Numerics;

namespace Attune.Learning.Networks;

/// <summary>
/// Adam (Kingma and Ba, ICLR 2015) over a flat array of floats, with a rate that falls along half a cosine to a hundredth and decoupled weight decay (Loshchilov and Hutter,
/// ICLR 2019). One thread at a time.
/// </summary>
public sealed class AdamDescent
{
    private const float MeanDecay = 0.9f;
    private const float SquareDecay = 0.999f;
    private const float Epsilon = 1e-8f;
    private readonly float[] means;
    private readonly float[] squares;
    private readonly double rate;
    private readonly double decay;
    private readonly int steps;
    private int step;

    /// <summary>Begins a descent.</summary>
    /// <param name="parameters">Number of parameters, above 0.</param>
    /// <param name="rate">First learning rate, above 0; 1e-3 to 3e-3 suits small networks.</param>
    /// <param name="steps">Steps in all, above 0.</param>
    /// <param name="decay">Weight decay per unit of rate, at least 0.</param>
    public AdamDescent(int parameters, double rate, int steps, double decay = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parameters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        ArgumentOutOfRangeException.ThrowIfNegative(decay);
        means = new float[parameters];
        squares = new float[parameters];
        this.rate = rate;
        this.steps = steps;
        this.decay = decay;
    }

    /// <summary>Moves parameters against their gradients and clears the gradients.</summary>
    public void Step(Span<float> parameters, Span<float> gradients)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(parameters.Length, means.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradients.Length, means.Length);
        double share = Math.Min(1, (double)step / steps);
        double now = rate * (0.01 + (0.99 * 0.5 * (1 + Math.Cos(Math.PI * share))));
        step++;
        float corrected = (float)(now * Math.Sqrt(1 - Math.Pow(SquareDecay, step)) / (1 - Math.Pow(MeanDecay, step)));
        float shrink = (float)(1 - (now * decay));
        int i = 0;
        for (; i <= means.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var gradient = new Vector<float>(gradients[i..]);
            var mean = new Vector<float>(means, i);
            var square = new Vector<float>(squares, i);
            mean += (gradient - mean) * (1 - MeanDecay);
            square += ((gradient * gradient) - square) * (1 - SquareDecay);
            mean.CopyTo(means, i);
            square.CopyTo(squares, i);
            ((new Vector<float>(parameters[i..]) * shrink) - (mean * corrected / (Vector.SquareRoot(square) + new Vector<float>(Epsilon)))).CopyTo(parameters[i..]);
        }

        for (; i < means.Length; i++)
        {
            means[i] += (gradients[i] - means[i]) * (1 - MeanDecay);
            squares[i] += ((gradients[i] * gradients[i]) - squares[i]) * (1 - SquareDecay);
            parameters[i] = (parameters[i] * shrink) - (means[i] * corrected / (MathF.Sqrt(squares[i]) + Epsilon));
        }

        gradients.Clear();
    }
}
