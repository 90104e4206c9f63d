namespace Attune.Kernels.Spaces;

/// <summary>How a knob's entities relate to each other, and so which coordinates it has in a search.</summary>
public enum KnobKind
{
    /// <summary>A tuple of factors whose product covers an extent; coordinates are the log2 of every factor.</summary>
    Split,

    /// <summary>An ordered number on a multiplicative scale (a tile, an unroll factor); one coordinate, log2(1 + value).</summary>
    Scale,

    /// <summary>An unordered alternative (loop order, algorithm, flag); one coordinate, the ordinal position.</summary>
    Choice,
}
