using System.Collections.Immutable;
using Attune.Devices.Knobs;

namespace Attune.Cohort.Profiling;

/// <summary>The values of further knobs that a profile visits: every combination of a few values of each.</summary>
/// <param name="Knobs">The knobs.</param>
/// <param name="Points">Values of all knobs, one entry for each combination; one empty entry without knobs.</param>
internal sealed record KnobSweep(ImmutableArray<Knob> Knobs, ImmutableArray<ImmutableArray<long>> Points)
{
    /// <summary>Spreads values of each knob evenly.</summary>
    public static KnobSweep Of(KnobSession? session, int levels)
    {
        ImmutableArray<Knob> knobs = session is null ? [] : [.. session.Knobs.OrderBy(knob => knob.Id, StringComparer.Ordinal)];
        ImmutableArray<ImmutableArray<long>> points = [[]];
        foreach (Knob knob in knobs)
        {
            int count = Math.Min(levels, knob.Values.Length);
            long[] values = [.. Enumerable.Range(0, count).Select(i => knob.Values[count == 1 ? 0 : (knob.Values.Length - 1) * i / (count - 1)])];
            points = [.. points.SelectMany(point => values.Select(value => point.Add(value)))];
        }

        return new KnobSweep(knobs, points);
    }
}
