using Attune.Kernels.Spaces;

namespace Attune.Tuning.Sampling;

/// <summary>Points that differ from another in exactly one knob; in a union of spaces those of its algorithm.</summary>
internal static class KnobMoves
{
    /// <summary>All valid one-knob moves from a point within a radius, in order of knobs and entities.</summary>
    public static IEnumerable<long> From(Space space, long point, double radius = double.PositiveInfinity)
    {
        if (space.PartAt(point) is { } part)
        {
            return From(part.Space, point - part.First, radius).Select(moved => part.First + moved);
        }

        return FromProduct(space, point, radius);
    }

    private static IEnumerable<long> FromProduct(Space space, long point, double radius)
    {
        long stride = 1;
        foreach (Knob knob in space.Knobs)
        {
            var here = (int)(point / stride % knob.Count);
            for (int entity = 0; entity < knob.Count; entity++)
            {
                long moved = point + ((entity - here) * stride);
                if (entity != here && KnobMetric.Squared(knob, here, entity) <= radius * radius && space.IsValid(moved))
                {
                    yield return moved;
                }
            }

            stride *= knob.Count;
        }
    }
}
