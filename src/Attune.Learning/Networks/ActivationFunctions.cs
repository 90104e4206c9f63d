using System.Numerics;

namespace Attune.Learning.Networks;

/// <summary>The activations of <see cref="Activation"/> and their derivatives, over whole layers.</summary>
internal static class ActivationFunctions
{
    /// <summary>results := scale times the activation of the sums.</summary>
    public static void Apply<T>(Activation activation, ReadOnlySpan<T> sums, Span<T> results, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        for (; activation == Activation.Swish && i <= sums.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var x = new Vector<T>(sums[i..]);
            (x / (Vector<T>.One + VectorFunctions.Exp(-x)) * scale).CopyTo(results[i..]);
        }

        for (; i < sums.Length; i++)
        {
            results[i] = scale * (activation == Activation.Swish ? sums[i] / (T.One + T.Exp(-sums[i])) : T.Tanh(sums[i]));
        }
    }

    /// <summary>slopes := slopes times scale times the activation's derivative: s + x s (1 - s) with s = 1 / (1 + exp(-x)), or 1 - tanh^2.</summary>
    public static void Differentiate<T>(Activation activation, ReadOnlySpan<T> sums, Span<T> slopes, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        for (; activation == Activation.Swish && i <= sums.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var x = new Vector<T>(sums[i..]);
            Vector<T> s = Vector<T>.One / (Vector<T>.One + VectorFunctions.Exp(-x));
            (new Vector<T>(slopes[i..]) * ((s + (x * s * (Vector<T>.One - s))) * scale)).CopyTo(slopes[i..]);
        }

        for (; i < sums.Length; i++)
        {
            T s = activation == Activation.Swish ? T.One / (T.One + T.Exp(-sums[i])) : T.Tanh(sums[i]);
            slopes[i] *= scale * (activation == Activation.Swish ? s + (sums[i] * s * (T.One - s)) : T.One - (s * s));
        }
    }
}
