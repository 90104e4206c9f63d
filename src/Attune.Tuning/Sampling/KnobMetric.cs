using Attune.Kernels.Spaces;

namespace Attune.Tuning.Sampling;

/// <summary>
/// Distances between configurations: Euclidean in the log2 coordinates of splits and scales, so that moving one factor of two between two levels of a tile
/// costs sqrt 2; unordered choices are 1 apart whichever they are.
/// </summary>
internal static class KnobMetric
{
    /// <summary>Squared distance between two entities of a knob.</summary>
    public static double Squared(Knob knob, int a, int b, CoordinateMap map = CoordinateMap.Log2)
    {
        if (a == b)
        {
            return 0;
        }

        if (map == CoordinateMap.Index)
        {
            return (double)(a - b) * (a - b);
        }

        if (map == CoordinateMap.Raw && knob.Kind is (KnobKind.Split or KnobKind.Scale))
        {
            return RawSquared(knob.Entities[a].AsSpan(), knob.Entities[b].AsSpan(), knob.Kind == KnobKind.Split ? 1 : 0);
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

    /// <summary>
    /// Squared distance between two points of a space. In a union of spaces points of two algorithms differ in the choice and in the knobs that both have.
    /// </summary>
    public static double Squared(Space space, long a, long b, CoordinateMap map = CoordinateMap.Log2)
    {
        if (space.PartAt(a) is { } left && space.PartAt(b) is { } right)
        {
            return left.Number == right.Number ? Squared(left.Space, a - left.First, b - left.First, map) : AcrossSquared(space, left, a, right, b, map);
        }

        double sum = 0;
        foreach (Knob knob in space.Knobs)
        {
            sum += Squared(knob, (int)(a % knob.Count), (int)(b % knob.Count), map);
            a /= knob.Count;
            b /= knob.Count;
        }

        return sum;
    }

    private static double AcrossSquared(Space space, SpacePart left, long a, SpacePart right, long b, CoordinateMap map)
    {
        int[] from = space.Decode(a);
        int[] to = space.Decode(b);
        double sum = 1;
        foreach (int position in left.Positions)
        {
            sum += right.Positions.Contains(position) ? Squared(space.Knobs[position], from[position], to[position], map) : 0;
        }

        return sum;
    }

    // The outermost factor of a split follows from the others and is not a number of its own.
    private static double RawSquared(ReadOnlySpan<int> a, ReadOnlySpan<int> b, int from)
    {
        double sum = 0;
        for (int i = from; i < a.Length; i++)
        {
            double difference = (double)a[i] - b[i];
            sum += difference * difference;
        }

        return sum;
    }
}
