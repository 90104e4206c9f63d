using System.Collections.Immutable;
using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>Output channels, rows or columns as the spatial template cuts them, and how a lane goes through its own.</summary>
/// <param name="Split">Outputs: groups, lanes, outputs of a lane, which are next to each other.</param>
/// <param name="Annotation">Number of one of AutoTVM's annotations.</param>
internal readonly record struct SpatialAxis(ImmutableArray<int> Split, int Annotation)
{
    /// <summary>Longest loop that AutoTVM's template writes out.</summary>
    public const int MaxUnrolled = 16;

    private static readonly int None = Annotations.NumberOf("none");
    private static readonly int Vector = Annotations.NumberOf("vec");
    private static readonly int Unroll = Annotations.NumberOf("unroll");

    /// <summary>Outputs of a lane.</summary>
    public int Own => Split[2];

    /// <summary>Lanes of a group.</summary>
    public int Lanes => Split[1];

    /// <summary>The sums of a lane are in registers all at once; else one after the other.</summary>
    public bool IsHeld => Annotation != None;

    /// <summary>Sums of a lane that are in registers at once.</summary>
    public int Held => IsHeld ? Own : 1;

    /// <summary>Neighbours are loaded or stored several at once where they lie so.</summary>
    public bool IsVector => Annotation == Vector;

    /// <summary>True when AutoTVM's template takes the annotation: vectors have lengths of their own.</summary>
    public bool IsSound => Annotation == Unroll ? Own <= MaxUnrolled : Annotation != Vector || Own is 1 or 2 or 4 or 8 or 16;

    /// <summary>True when an annotation is to write a loop out.</summary>
    public static bool WritesOut(int annotation) => annotation == Unroll;
}
