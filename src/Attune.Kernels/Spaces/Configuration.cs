using System.Collections.Immutable;

namespace Attune.Kernels.Spaces;

/// <summary>One point of a space. Equality is by space instance and index.</summary>
/// <param name="Space">The space the point belongs to.</param>
/// <param name="Index">Mixed-radix index in the space.</param>
public readonly record struct Configuration(Space Space, long Index)
{
    /// <summary>In a union of spaces the same point in the space of its algorithm; else the point itself.</summary>
    public Configuration Own => Space.PartAt(Index) is { } part ? new Configuration(part.Space, Index - part.First) : this;

    /// <summary>Name of the algorithm that a union of spaces chooses at this point; null in a plain space.</summary>
    public string? Algorithm => Space.PartAt(Index)?.Name;

    /// <summary>The number a knob takes at this point (the first one of a split).</summary>
    public int Value(string knob) => Tuple(knob)[0];

    /// <summary>True when a flag knob is on.</summary>
    public bool IsOn(string knob) => Value(knob) != 0;

    /// <summary>All numbers a knob takes at this point.</summary>
    /// <exception cref="KeyNotFoundException">No such knob means anything at this point.</exception>
    public ImmutableArray<int> Tuple(string knob)
    {
        (Knob meant, int entity) = At(knob);
        return meant.Entities[entity];
    }

    /// <summary>The entity's text: what records store.</summary>
    /// <exception cref="KeyNotFoundException">No such knob means anything at this point.</exception>
    public string Label(string knob)
    {
        (Knob meant, int entity) = At(knob);
        return meant.Labels[entity];
    }

    /// <summary>Names and entity texts of the knobs that mean something at this point, in the order of the knobs; the chooser of a union comes last.</summary>
    public IReadOnlyDictionary<string, string> ToLabels()
    {
        Configuration own = Own;
        var labels = own.Space.Knobs.ToDictionary(knob => knob.Name, knob => own.Label(knob.Name));
        if (Space.Parts.Length > 1)
        {
            labels[Space.Knobs[^1].Name] = Algorithm!;
        }

        return labels;
    }

    /// <summary>For example "oc_r=2 ow_r=14 order=oc-outer".</summary>
    public override string ToString() => string.Join(' ', ToLabels().Select(label => $"{label.Key}={label.Value}"));

    private (Knob Knob, int Entity) At(string knob)
    {
        if (Space.PartAt(Index) is { } part)
        {
            return Space.Parts.Length > 1 && knob == Space.Knobs[^1].Name ? (Space.Knobs[^1], part.Number) : Own.At(knob);
        }

        int position = Space.PositionOf(knob);
        long index = Index;
        for (int i = 0; i < position; i++)
        {
            index /= Space.Knobs[i].Count;
        }

        return (Space.Knobs[position], (int)(index % Space.Knobs[position].Count));
    }
}
