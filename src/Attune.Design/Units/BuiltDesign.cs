using Attune.Kernels;

namespace Attune.Design.Units;

/// <summary>The network of a design.</summary>
/// <param name="Source">The network as a file would hold it.</param>
/// <param name="Fused">The network after all passes, weights still 32-bit floats.</param>
/// <param name="FormatOf">The quantisation policy: format of the weights of a node of the fused network.</param>
public sealed record BuiltDesign(Network Source, Network Fused, Func<string, WeightFormat> FormatOf);
