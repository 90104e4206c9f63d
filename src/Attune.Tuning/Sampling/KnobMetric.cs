using Attune.Kernels.Spaces;

namespace Attune.Tuning.Sampling;

/// <summary>
/// Distances between configurations: Euclidean in the log2 coordinates of splits and scales, so that moving one factor of two between two levels of a tile costs sqrt 2;
/// unordered choices are 1 apart whichever they are.
/// </summary>
internal static class KnobMetric
{
    /// <summary>Squared distance between two entities of a knob.</summary>
    public static double Squared(Knob knob, int a, int b)
    {
        if (a == b)
        {
            return 0;
        }

        if (knob.Kind == KnobKind.Choice)
        {
            return 1;
        }

        ReadOnlySpan<double> from = knob.Coordinates[a].AsSpan();
        ReadOnlySpan<double> to = knob.Coordinates[b].AsSpan();
        double sum = 0;
        for (int i = 0; i < from.Length; i++)
        {
            double difference = from[i] - to[i];
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>Squared distance between two points of a space.</summary>
    public static double Squared(Space space, long a, long b)
    {
        double sum = 0;
        foreach (Knob knob in space.Knobs)
        {
            sum += Squared(knob, (int)(a % knob.Count), (int)(b % knob.Count));
            a /= knob.Count;
            b /= knob.Count;
        }

        return sum;
    }
}
