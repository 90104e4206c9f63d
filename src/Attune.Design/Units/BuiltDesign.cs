using System.Collections.Immutable;
using Attune.Compile.Quantisation.Mixed;
using Attune.Kernels;

namespace Attune.Design.Units;

/// <summary>The network of a design.</summary>
/// <param name="Source">The network as a file would hold it.</param>
/// <param name="Fused">The network after all passes, weights still 32-bit floats.</param>
/// <param name="FormatOf">Format of the weights of a node of the fused network.</param>
public sealed record BuiltDesign(Network Source, Network Fused, Func<string, WeightFormat> FormatOf)
{
    /// <summary>What its quantisation policy makes layers multiply besides floats; none where all multiply floats.</summary>
    public ImmutableArray<LayerPrecision> Narrow { get; init; } = [];
}
