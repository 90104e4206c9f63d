using System.Numerics;

namespace Attune.Learning.Networks;

/// <summary>
/// Adam (Kingma and Ba, ICLR 2015, in the order of computation that its section 2 recommends) over a flat array of parameters, with decoupled weight decay
/// (Loshchilov and
/// Hutter, ICLR 2019). One instance per array; one thread at a time.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class Adam<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T MeanDecay = T.CreateChecked(0.9);
    private static readonly T SquareDecay = T.CreateChecked(0.999);
    private readonly T[] means;
    private readonly T[] squares;
    private readonly T epsilon;
    private int steps;

    /// <summary>Begins a descent.</summary>
    /// <param name="parameters">Number of parameters, above 0.</param>
    /// <param name="epsilon">Added to the root of the mean square, above 0: 1e-8 is the paper's, 1e-5 what policy gradients use.</param>
    public Adam(int parameters, double epsilon = 1e-8)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parameters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        means = new T[parameters];
        squares = new T[parameters];
        this.epsilon = T.CreateChecked(epsilon);
    }

    /// <summary>Moves parameters against their gradients.</summary>
    /// <param name="parameters">Changed in place.</param>
    /// <param name="gradients">Of the loss, one per parameter.</param>
    /// <param name="rate">Step length alpha, above 0.</param>
    /// <param name="decay">Weight decay per unit of rate, at least 0.</param>
    public void Step(Span<T> parameters, ReadOnlySpan<T> gradients, double rate, double decay = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(parameters.Length, means.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradients.Length, means.Length);
        steps++;
        double meanBias = 1 - Math.Pow(double.CreateChecked(MeanDecay), steps);
        double squareBias = 1 - Math.Pow(double.CreateChecked(SquareDecay), steps);
        T corrected = T.CreateChecked(rate * Math.Sqrt(squareBias) / meanBias);
        T shrink = T.CreateChecked(1 - (rate * decay));
        int i = 0;
        for (; i <= means.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var gradient = new Vector<T>(gradients[i..]);
            var mean = new Vector<T>(means, i);
            var square = new Vector<T>(squares, i);
            mean += (gradient - mean) * (T.One - MeanDecay);
            square += ((gradient * gradient) - square) * (T.One - SquareDecay);
            mean.CopyTo(means, i);
            square.CopyTo(squares, i);
            ((new Vector<T>(parameters[i..]) * shrink) - (mean * corrected / (Vector.SquareRoot(square) + new Vector<T>(epsilon)))).CopyTo(parameters[i..]);
        }

        for (; i < means.Length; i++)
        {
            means[i] += (gradients[i] - means[i]) * (T.One - MeanDecay);
            squares[i] += ((gradients[i] * gradients[i]) - squares[i]) * (T.One - SquareDecay);
            parameters[i] = (parameters[i] * shrink) - (means[i] * corrected / (T.Sqrt(squares[i]) + epsilon));
        }
    }
}
