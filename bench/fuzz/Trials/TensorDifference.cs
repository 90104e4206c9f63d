using Attune.Kernels;

namespace Attune.Bench.Fuzz.Trials;

/// <summary>Compares tensors number by number.</summary>
internal static class TensorDifference
{
    /// <summary>What differs most; null when nothing differs too much. What is no number must be none in both, infinities must be the same.</summary>
    /// <param name="actual">What was computed.</param>
    /// <param name="expected">What it should be.</param>
    /// <param name="deviations">Accepted multiples of the scale.</param>
    /// <param name="floor">Absolute difference that is always accepted.</param>
    public static string? Of(Tensor actual, ScaledTensor expected, double deviations, double floor)
    {
        if (!actual.Type.Equals(expected.Value.Type))
        {
            return $"is {actual.Type} instead of {expected.Value.Type}";
        }

        if (ScaledTensor.NumbersOf(actual) is not { } have || ScaledTensor.NumbersOf(expected.Value) is not { } want)
        {
            return actual.Data.Cast<object>().SequenceEqual(expected.Value.Data.Cast<object>()) ? null : "differs";
        }

        int worst = -1;
        double max = 1;
        int wrong = 0;
        for (int i = 0; i < have.Length; i++)
        {
            double excess = Excess(have[i], want[i], expected.Scale?[i] ?? 0, deviations, floor);
            wrong += excess > 1 ? 1 : 0;
            if (excess > max)
            {
                (worst, max) = (i, excess);
            }
        }

        return worst < 0
            ? null
            : $"element {worst} is {have[worst]} instead of {want[worst]}, {max:g3} times what roundings explain; {wrong} of {have.Length} differ";
    }

    private static double Excess(float have, float want, float scale, double deviations, double floor)
    {
        if (have.Equals(want) || !float.IsFinite(scale))
        {
            return 0;
        }

        if (float.IsNaN(want) || float.IsNaN(have) || !float.IsFinite(want) || !float.IsFinite(have))
        {
            return have == want ? 0 : double.PositiveInfinity;
        }

        return Math.Abs((double)have - want) / ((deviations * scale) + floor);
    }
}
