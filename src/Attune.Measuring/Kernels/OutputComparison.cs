using System.Numerics;

namespace Attune.Measuring.Kernels;

/// <summary>Compares memory with what is expected of it at the speed of reading both, so that many runs can be checked.</summary>
internal static unsafe class OutputComparison
{
    /// <summary>Largest difference over the tolerance.</summary>
    /// <param name="actual">What a kernel wrote.</param>
    /// <param name="expected">What is expected; NaN where anything may be.</param>
    /// <param name="count">Number of floats.</param>
    /// <param name="tolerance">Largest difference allowed, above 0.</param>
    /// <returns>Infinity where <paramref name="actual"/> is NaN or infinite and something is expected: no later element can make up for that.</returns>
    public static double Of(float* actual, float* expected, long count, float tolerance)
    {
        var allowed = new Vector<float>(tolerance);
        Vector<float> worst = Vector<float>.Zero;
        long at = 0;
        for (; at + Vector<float>.Count <= count; at += Vector<float>.Count)
        {
            Vector<float> wanted = *(Vector<float>*)(expected + at);
            Vector<float> error = Vector.Abs(*(Vector<float>*)(actual + at) - wanted);
            Vector<int> matters = Vector.Equals(wanted, wanted);

            // NaN is not at most anything, so it never passes here.
            Vector<int> wrong = Vector.AndNot(matters, Vector.LessThanOrEqual(error, allowed));
            if (wrong != Vector<int>.Zero)
            {
                return OneByOne(actual, expected, count) / tolerance;
            }

            worst = Vector.Max(worst, Vector.BitwiseAnd(error, Vector.As<int, float>(matters)));
        }

        double largest = OneByOne(actual + at, expected + at, count - at);
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            largest = Math.Max(largest, worst[lane]);
        }

        return largest / tolerance;
    }

    private static double OneByOne(float* actual, float* expected, long count)
    {
        double worst = 0;
        for (long at = 0; at < count; at++)
        {
            if (float.IsNaN(expected[at]))
            {
                continue;
            }

            double error = Math.Abs((double)actual[at] - expected[at]);
            if (double.IsNaN(error))
            {
                return double.PositiveInfinity;
            }

            worst = Math.Max(worst, error);
        }

        return worst;
    }
}
