using System.Collections.Immutable;

namespace Attune.Kernels.Spaces;

/// <summary>Search coordinates of a knob's entities (tuning.md 2.5, log2 map).</summary>
internal static class KnobCoordinates
{
    public static ImmutableArray<ImmutableArray<double>> Of(KnobKind kind, ImmutableArray<ImmutableArray<int>> entities)
    {
        int words = kind == KnobKind.Annotate ? entities.Max(entity => entity.Max()) + 1 : 0;
        return [.. entities.Select((entity, index) => Place(kind, entity, index, words))];
    }

    private static ImmutableArray<double> Place(KnobKind kind, ImmutableArray<int> entity, int index, int words) => kind switch
    {
        KnobKind.Split => [.. entity.Select(factor => Math.Log2(factor))],
        KnobKind.Scale => [Math.Log2(1 + (double)entity[0])],
        KnobKind.Reorder => [.. Enumerable.Range(0, entity.Length).Select(axis => entity.IndexOf(axis) * Math.Sqrt(0.5))],
        KnobKind.Annotate => [.. entity.SelectMany(word => Enumerable.Range(0, words).Select(w => w == word ? Math.Sqrt(0.5) : 0))],
        _ => [index],
    };
}
