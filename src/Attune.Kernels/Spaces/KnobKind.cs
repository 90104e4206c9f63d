namespace Attune.Kernels.Spaces;

/// <summary>How a knob's entities relate to each other, and so which coordinates it has in a search.</summary>
public enum KnobKind
{
    /// <summary>A tuple of factors whose product covers an extent; coordinates are the log2 of every factor.</summary>
    Split,

    /// <summary>An ordered number on a multiplicative scale (a tile, an unroll factor); one coordinate, log2(1 + value).</summary>
    Scale,

    /// <summary>An unordered alternative (algorithm, flag, text); one coordinate, the ordinal position.</summary>
    Choice,

    /// <summary>A permutation of loops; coordinates are each loop's position, so scaled that swapping two neighbours is a distance of 1.</summary>
    Reorder,

    /// <summary>One annotation per loop; coordinates are one-hot, so scaled that the squared distance is the number of loops that differ.</summary>
    Annotate,
}
