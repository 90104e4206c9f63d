using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Attune.Kernels.Spaces;

/// <summary>
/// The deployment configurations of one task: the Cartesian product of its knobs, cut by a validity test. A point is a mixed-radix index, the first knob
/// least significant (AutoTVM's order, tuning.md 1.2); index and knob vector are a bijection over the product, a documented superset of the valid points.
/// Immutable and safe to share.
/// </summary>
public sealed class Space
{
    private readonly Func<Configuration, bool>? admits;
    private readonly Func<Configuration, double[]>? derive;
    private readonly FrozenSet<long>? members;
    private readonly Dictionary<string, int> positions;

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

    /// <summary>Knobs, least significant first.</summary>
    public ImmutableArray<Knob> Knobs { get; }

    /// <summary>Number of points of the product, valid or not.</summary>
    public long Count { get; }

    /// <summary>Conditions that valid points meet, apart from the validity test.</summary>
    public ImmutableArray<SpaceConstraint> Constraints { get; }

    /// <summary>The only points that may be valid, ascending, when the space is a list of them; null when it is a whole product.</summary>
    public ImmutableArray<long>? Listed { get; }

    /// <summary>True when there is a validity test besides the constraints and the list.</summary>
    public bool HasTest => admits is not null;

    /// <summary>The point with this index.</summary>
    public Configuration this[long index] => new(this, index);

    /// <summary>True when the point may be compiled and measured.</summary>
    public bool IsValid(long index)
    {
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

    /// <summary>Entity positions of a point, one per knob.</summary>
    public int[] Decode(long index)
    {
        var vector = new int[Knobs.Length];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = (int)(index % Knobs[i].Count);
            index /= Knobs[i].Count;
        }

        return vector;
    }

    /// <summary>Index of the point with these entity positions.</summary>
    public long Encode(ReadOnlySpan<int> vector)
    {
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

        if (derive is not null)
        {
            features.AddRange(derive(this[index]));
        }

        return [.. features];
    }
}
