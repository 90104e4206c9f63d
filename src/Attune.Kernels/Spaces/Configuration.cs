using System.Collections.Immutable;

namespace Attune.Kernels.Spaces;

/// <summary>One point of a space. Equality is by space instance and index.</summary>
/// <param name="Space">The space the point belongs to.</param>
/// <param name="Index">Mixed-radix index in the space.</param>
public readonly record struct Configuration(Space Space, long Index)
{
    /// <summary>The number a knob takes at this point (the first one of a split).</summary>
    public int Value(string knob) => Tuple(knob)[0];

    /// <summary>True when a flag knob is on.</summary>
    public bool IsOn(string knob) => Value(knob) != 0;

    /// <summary>All numbers a knob takes at this point.</summary>
    public ImmutableArray<int> Tuple(string knob)
    {
        int position = Space.PositionOf(knob);
        return Space.Knobs[position].Entities[EntityOf(position)];
    }

    /// <summary>The entity's text: what records store.</summary>
    public string Label(string knob)
    {
        int position = Space.PositionOf(knob);
        return Space.Knobs[position].Labels[EntityOf(position)];
    }

    /// <summary>Knob names and entity texts, in the order of the knobs.</summary>
    public IReadOnlyDictionary<string, string> ToLabels()
    {
        Configuration self = this;
        return Space.Knobs.ToDictionary(knob => knob.Name, knob => self.Label(knob.Name));
    }

    /// <summary>For example "oc_r=2 ow_r=14 order=oc-outer".</summary>
    public override string ToString()
    {
        Configuration self = this;
        return string.Join(' ', Space.Knobs.Select(knob => $"{knob.Name}={self.Label(knob.Name)}"));
    }

    private int EntityOf(int position)
    {
        long index = Index;
        for (int i = 0; i < position; i++)
        {
            index /= Space.Knobs[i].Count;
        }

        return (int)(index % Space.Knobs[position].Count);
    }
}
