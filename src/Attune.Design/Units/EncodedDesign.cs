using System.Collections.Immutable;
using Attune.Compile;

namespace Attune.Design.Units;

/// <summary>A design as latency models see it: how often every execution unit occurs, and what its memory plan says.</summary>
/// <param name="Units">The units in order of execution, as the tuner's own partition and fusion gives them.</param>
/// <param name="Footprint">Memory.</param>
public sealed record EncodedDesign(ImmutableArray<ModelUnit> Units, ModelFootprint Footprint)
{
    /// <summary>Occurrences of every unit, by key.</summary>
    public ImmutableSortedDictionary<string, int> Counts { get; } =
        Units.GroupBy(unit => unit.Key, StringComparer.Ordinal).ToImmutableSortedDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);

    /// <summary>Pseudo-unit: bytes moved by all steps.</summary>
    public long Bytes { get; } = Units.Sum(unit => unit.Bytes);

    /// <summary>Pseudo-unit: steps that are started.</summary>
    public int Launches => Units.Length;

    /// <summary>Floating-point operations.</summary>
    public long Flops { get; } = Units.Sum(unit => unit.Flops);
}
