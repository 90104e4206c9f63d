using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Attune.Kernels.Spaces;

/// <summary>
/// The deployment configurations of one task: the Cartesian product of its knobs, cut by a validity test. A point is a mixed-radix index, the first knob
/// least significant (AutoTVM's order, tuning.md 1.2); index and knob vector are a bijection over the product, a documented superset of the valid points.
/// A task that several algorithms can compute has the <see cref="Union"/> of their spaces: one knob chooses the algorithm, and only the knobs of that algorithm
/// mean anything (conditional parameters, in the terms of configuration spaces). Immutable and safe to share.
/// </summary>
public sealed class Space
{
    private readonly Func<Configuration, bool>? admits;
    private readonly Func<Configuration, double[]>? derive;
    private readonly FrozenSet<long>? members;
    private readonly Dictionary<string, int> positions;
    private readonly ImmutableArray<SpacePart> parts = [];

    // Name of the knob that chooses a part.
    private readonly string chooser = string.Empty;

    /// <summary>Makes a space.</summary>
    /// <param name="knobs">Knobs, least significant first.</param>
    /// <param name="admits">Validity test of a point, cheap and pure; null admits all.</param>
    /// <param name="derive">Closed-form features of a point for evaluation functions (same length for every point, valid or not); null for none.</param>
    /// <param name="constraints">Conditions that valid points meet besides; unlike <paramref name="admits"/> they can be counted and sampled exactly.</param>
    /// <param name="listed">The only points that may be valid, when they are known one by one; default for all of the product.</param>
    /// <exception cref="OverflowException">The product exceeds 63 bits.</exception>
    public Space(
        ImmutableArray<Knob> knobs,
        Func<Configuration, bool>? admits = null,
        Func<Configuration, double[]>? derive = null,
        ImmutableArray<SpaceConstraint> constraints = default,
        ImmutableArray<long> listed = default)
    {
        Knobs = knobs;
        this.admits = admits;
        this.derive = derive;
        Constraints = constraints.IsDefault ? [] : constraints;
        Listed = listed.IsDefault ? null : [.. listed.Distinct().Order()];
        members = Listed?.ToFrozenSet();
        positions = knobs.Select((knob, i) => (knob.Name, i)).ToDictionary(p => p.Name, p => p.i);
        long count = 1;
        foreach (Knob knob in knobs)
        {
            count = checked(count * knob.Count);
        }

        Count = count;
    }

    private Space(ImmutableArray<Knob> knobs, ImmutableArray<SpacePart> parts, string chooser)
    {
        this.chooser = chooser;
        Knobs = knobs;
        this.parts = parts;
        Constraints = [];
        positions = knobs.Select((knob, i) => (knob.Name, i)).ToDictionary(p => p.Name, p => p.i);
        Count = parts[^1].First + parts[^1].Space.Count;
    }

    /// <summary>The spaces that this one is the union of, by the name that chooses each; empty for a plain product.</summary>
    public ImmutableArray<SpacePart> Parts => parts;

    /// <summary>Knobs, least significant first.</summary>
    public ImmutableArray<Knob> Knobs { get; }

    /// <summary>Number of points of the product, or of all products of a union; valid or not.</summary>
    public long Count { get; }

    /// <summary>Conditions that valid points meet, apart from the validity test.</summary>
    public ImmutableArray<SpaceConstraint> Constraints { get; }

    /// <summary>The only points that may be valid, ascending, when the space is a list of them; null when it is a whole product.</summary>
    public ImmutableArray<long>? Listed { get; }

    /// <summary>True when there is a validity test besides the constraints and the list.</summary>
    public bool HasTest => admits is not null || parts.Any(part => part.Space.HasTest);

    /// <summary>The point with this index.</summary>
    public Configuration this[long index] => new(this, index);

    /// <summary>True when the point may be compiled and measured.</summary>
    public bool IsValid(long index)
    {
        if (PartAt(index) is { } part)
        {
            return part.Space.IsValid(index - part.First);
        }

        if (members?.Contains(index) == false)
        {
            return false;
        }

        Configuration point = this[index];
        foreach (SpaceConstraint constraint in Constraints)
        {
            if (!constraint.Holds(point))
            {
                return false;
            }
        }

        return admits is null || admits(point);
    }

    /// <summary>The valid point of lowest index.</summary>
    /// <exception cref="InvalidOperationException">There is none. Looks at every point before it says so.</exception>
    public long FirstValid()
    {
        for (long index = 0; index < Count; index++)
        {
            if (IsValid(index))
            {
                return index;
            }
        }

        throw new InvalidOperationException("The space has no valid point; its constraints contradict each other.");
    }

    /// <summary>Entity positions of a point, one per knob; 0 for knobs that mean nothing at this point.</summary>
    public int[] Decode(long index)
    {
        var vector = new int[Knobs.Length];
        if (PartAt(index) is { } part)
        {
            int[] own = part.Space.Decode(index - part.First);
            for (int i = 0; i < own.Length; i++)
            {
                vector[part.Positions[i]] = own[i];
            }

            vector[^1] = parts.Length > 1 ? part.Number : vector[^1];
            return vector;
        }

        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = (int)(index % Knobs[i].Count);
            index /= Knobs[i].Count;
        }

        return vector;
    }

    /// <summary>Index of the point with these entity positions; knobs that mean nothing there are not looked at.</summary>
    public long Encode(ReadOnlySpan<int> vector)
    {
        if (!parts.IsEmpty)
        {
            SpacePart part = parts[parts.Length > 1 ? vector[^1] : 0];
            var own = new int[part.Positions.Length];
            for (int i = 0; i < own.Length; i++)
            {
                own[i] = vector[part.Positions[i]];
            }

            return part.First + part.Space.Encode(own);
        }

        long index = 0;
        for (int i = Knobs.Length - 1; i >= 0; i--)
        {
            index = (index * Knobs[i].Count) + vector[i];
        }

        return index;
    }

    /// <summary>True when the space has a knob of this name.</summary>
    public bool Has(string knob) => positions.ContainsKey(knob);

    /// <summary>Position of a knob by name.</summary>
    /// <exception cref="KeyNotFoundException">The space has no such knob.</exception>
    public int PositionOf(string knob) => positions.TryGetValue(knob, out int p) ? p : throw new KeyNotFoundException($"The space has no knob '{knob}'.");

    /// <summary>
    /// The point with these entity texts. Null when a knob is missing, unknown or has no such entity: a record of another template version.
    /// </summary>
    public Configuration? Find(IReadOnlyDictionary<string, string> labels)
    {
        if (!parts.IsEmpty)
        {
            return FindInPart(labels);
        }

        if (labels.Count != Knobs.Length)
        {
            return null;
        }

        var vector = new int[Knobs.Length];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = labels.TryGetValue(Knobs[i].Name, out string? label) ? Knobs[i].IndexOf(label) : -1;
            if (vector[i] < 0)
            {
                return null;
            }
        }

        return this[Encode(vector)];
    }

    /// <summary>Features of a point for evaluation functions: the search coordinates of every knob, then the derived ones.</summary>
    public double[] Features(long index)
    {
        int[] vector = Decode(index);
        var features = new List<double>();
        for (int i = 0; i < vector.Length; i++)
        {
            features.AddRange(Knobs[i].Coordinates[vector[i]]);
        }

        features.AddRange(Derived(index));
        return [.. features];
    }

    /// <summary>
    /// The points of several algorithms for one task. Knobs of one name are one knob: they must mean the same and have the same entities everywhere.
    /// </summary>
    /// <param name="chooser">Name of the knob that chooses; it comes last, and not at all when there is one part.</param>
    /// <param name="named">The algorithms' names and spaces, at least one; derived features must have one length and one meaning.</param>
    /// <exception cref="ArgumentException">Two knobs of one name differ.</exception>
    public static Space Union(string chooser, params ReadOnlySpan<(string Name, Space Space)> named)
    {
        var knobs = new List<Knob>();
        var union = ImmutableArray.CreateBuilder<SpacePart>();
        long first = 0;
        foreach ((string name, Space space) in named)
        {
            var places = ImmutableArray.CreateBuilder<int>();
            foreach (Knob knob in space.Knobs)
            {
                int known = knobs.FindIndex(other => other.Name == knob.Name);
                if (known >= 0 && !knobs[known].Labels.SequenceEqual(knob.Labels))
                {
                    throw new ArgumentException($"Knob '{knob.Name}' of {name} differs from the knob of that name before it.", nameof(named));
                }

                if (known < 0)
                {
                    knobs.Add(knob);
                }

                places.Add(known < 0 ? knobs.Count - 1 : known);
            }

            union.Add(new SpacePart(name, space, union.Count, first, places.ToImmutable()));
            first = checked(first + space.Count);
        }

        if (union.Count > 1)
        {
            knobs.Add(Knob.Choice(chooser, [.. union.Select(part => part.Name)]));
        }

        return new Space([.. knobs], union.ToImmutable(), chooser);
    }

    /// <summary>The part that a point belongs to; null in a plain product.</summary>
    /// <param name="index">A point.</param>
    public SpacePart? PartAt(long index)
    {
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            if (index >= parts[i].First)
            {
                return parts[i];
            }
        }

        return null;
    }

    private double[] Derived(long index) => PartAt(index) is { } part ? part.Space.Derived(index - part.First) : derive is null ? [] : derive(this[index]);

    // Which algorithms there are depends on the target: where there is one, labels may name it all the same, and where there are several, labels may come
    // from where there was one. Then the knobs tell which it was, unless those of two would do.
    private Configuration? FindInPart(IReadOnlyDictionary<string, string> labels)
    {
        string? name = labels.GetValueOrDefault(chooser);
        IReadOnlyDictionary<string, string> own = name is null ? labels : labels.Where(label => label.Key != chooser).ToDictionary();
        Configuration? found = null;
        foreach (SpacePart part in parts)
        {
            if ((name is null || part.Name == name) && part.Space.Find(own) is { } point)
            {
                if (found is not null)
                {
                    return null;
                }

                found = this[part.First + point.Index];
            }
        }

        return found;
    }
}
