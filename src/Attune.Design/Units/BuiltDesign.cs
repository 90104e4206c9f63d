using System.Diagnostics.CodeAnalysis;
using Attune.Kernels;

namespace Attune.Design.Units;

/// <summary>The network of a design, or why there is none: a design that cannot be built is a result like any other, never a latency.</summary>
/// <param name="Source">The network as a file would hold it; null when it cannot be built.</param>
/// <param name="Fused">The network after all passes, weights still 32-bit floats; null when it cannot be built.</param>
/// <param name="FormatOf">The quantisation policy: format of the weights of a node of the fused network.</param>
/// <param name="Problem">Why there is no network; null when there is one.</param>
public sealed record BuiltDesign(Network? Source, Network? Fused, Func<string, WeightFormat> FormatOf, string? Problem)
{
    /// <summary>True when there is a network.</summary>
    [MemberNotNullWhen(true, nameof(Source), nameof(Fused))]
    public bool Succeeded => Fused is not null && Source is not null;

    /// <summary>A design without network.</summary>
    public static BuiltDesign Unsupported(string problem) => new(null, null, _ => WeightFormat.F32, problem);
}
