namespace Attune.Tuning.Sampling;

/// <summary>What distances between entities of a knob are measured in (tuning.md 2.5).</summary>
public enum CoordinateMap
{
    /// <summary>The knob's own coordinates: log2 of tile factors, one step between unordered alternatives. A doubled factor costs 1.</summary>
    Log2,

    /// <summary>Position in the list of entities: neighbours in the list are 1 apart.</summary>
    Index,

    /// <summary>The numbers themselves. Large numbers, such as an unroll limit of 1500, are then out of reach of any sensible radius.</summary>
    Raw,
}
