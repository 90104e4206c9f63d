namespace Attune.Runtime.Plan;

/// <summary>How the extents of a view relate to the axes of the value.</summary>
internal enum ElementOrder
{
    /// <summary>One long row of all elements.</summary>
    Line,

    /// <summary>Images of channels: the second axis of the value is the channels.</summary>
    Images,

    /// <summary>A matrix: the last axis is the channels, all others are one.</summary>
    Matrix,
}
