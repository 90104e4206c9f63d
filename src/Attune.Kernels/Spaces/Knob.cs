using System.Collections.Immutable;

namespace Attune.Kernels.Spaces;

/// <summary>One dimension of a <see cref="Space"/>: a name and the ordered list of entities it can take (AutoTVM's term). Immutable.</summary>
public sealed partial class Knob
{
    // Searches ask for them, and loading a model does not.
    private readonly Lazy<ImmutableArray<ImmutableArray<double>>> coordinates;

    private Knob(string name, KnobKind kind, ImmutableArray<ImmutableArray<int>> entities, ImmutableArray<string> labels)
    {
        if (entities.IsEmpty)
        {
            throw new ArgumentException($"Knob '{name}' has no entity.", nameof(entities));
        }

        Name = name;
        Kind = kind;
        Entities = entities;
        Labels = labels;
        coordinates = new(() => KnobCoordinates.Of(kind, entities));
    }

    /// <summary>Knob name, unique in its space.</summary>
    public string Name { get; }

    /// <summary>How the entities relate.</summary>
    public KnobKind Kind { get; }

    /// <summary>The entities; each is a tuple of numbers (one number but for splits).</summary>
    public ImmutableArray<ImmutableArray<int>> Entities { get; }

    /// <summary>Text of each entity, unique within the knob: what records store, for example "4x14" or "oc-outer".</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>Search coordinates of each entity (tuning.md 2.5, log2 map); <see cref="KnobKind"/> says which.</summary>
    public ImmutableArray<ImmutableArray<double>> Coordinates => coordinates.Value;

    /// <summary>Number of entities.</summary>
    public int Count => Entities.Length;

    /// <summary>
    /// All ordered factorisations of <paramref name="extent"/> into <paramref name="parts"/> factors, in AutoTVM's enumeration order (innermost factor
    /// slowest). An entity lists the factors outermost first; the outermost is the real extent / product of the others, never -1.
    /// </summary>
    /// <param name="name">Knob name.</param>
    /// <param name="extent">Extent to cover, at least 1.</param>
    /// <param name="parts">Number of factors, at least 1.</param>
    /// <param name="admit">Keeps an entity, outermost factor included; null keeps all.</param>
    /// <exception cref="ArgumentException">No entity is left.</exception>
    public static Knob Split(string name, int extent, int parts, Func<ImmutableArray<int>, bool>? admit = null) =>
        Split(name, extent, parts, new SplitRule { Admit = admit });

    /// <summary>
    /// Splits of <paramref name="extent"/> into <paramref name="parts"/> factors by a rule, in AutoTVM's enumeration order (innermost factor slowest). An
    /// entity lists the factors outermost first; the outermost is the real one, extent / product of the others rounded up, never -1.
    /// </summary>
    /// <param name="name">Knob name.</param>
    /// <param name="extent">Extent to cover, at least 1.</param>
    /// <param name="parts">Number of factors, at least 1.</param>
    /// <param name="rule">Which factors and products there are.</param>
    /// <exception cref="ArgumentException">No entity is left.</exception>
    public static Knob Split(string name, int extent, int parts, SplitRule rule)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(extent, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        int[] list = rule.FactorsOf(extent);
        var entities = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        var factors = new int[parts];
        Enumerate(parts - 1, 1);
        return new Knob(name, KnobKind.Split, entities.ToImmutable(), [.. entities.Select(e => string.Join('x', e))]);

        void Enumerate(int position, long product)
        {
            if (position == 0)
            {
                factors[0] = (int)((extent + product - 1) / product);
                ImmutableArray<int> entity = [.. factors];
                if (rule.Allows(extent, product) && rule.Admit?.Invoke(entity) != false)
                {
                    entities.Add(entity);
                }

                return;
            }

            foreach (int factor in list)
            {
                if (product * factor <= extent && (rule.Policy != SplitPolicy.Factors || extent % (product * factor) == 0))
                {
                    factors[position] = factor;
                    Enumerate(position - 1, product * factor);
                }
            }
        }
    }

    /// <summary>An ordered list of numbers.</summary>
    public static Knob Scale(string name, params ReadOnlySpan<int> values) => Numbers(name, KnobKind.Scale, values);

    /// <summary>A named alternative; the value of an entity is its position.</summary>
    public static Knob Choice(string name, params ReadOnlySpan<string> labels)
    {
        ImmutableArray<string> texts = [.. labels];
        return new Knob(name, KnobKind.Choice, [.. Enumerable.Range(0, texts.Length).Select(i => ImmutableArray.Create(i))], texts);
    }

    /// <summary>A switch: off (0) or on (1).</summary>
    public static Knob Flag(string name) => Choice(name, "off", "on");

    /// <summary>Position of the entity with this text, or -1.</summary>
    public int IndexOf(string label) => Labels.IndexOf(label);

    /// <summary>The same knob under another name.</summary>
    internal Knob Named(string name) => new(name, Kind, Entities, Labels);

    private static Knob Numbers(string name, KnobKind kind, ReadOnlySpan<int> values)
    {
        int[] list = values.ToArray();
        return new Knob(name, kind, [.. list.Select(v => ImmutableArray.Create(v))], [.. list.Select(v => v.ToString())]);
    }
}
