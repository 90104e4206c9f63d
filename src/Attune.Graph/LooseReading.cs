using System.Collections.Immutable;
using Attune.Graph.Faults;
using Attune.Graph.Reading;
using Attune.Kernels;

namespace Attune.Graph;

/// <summary>What reading a model loosely gave: a network and faults do not exclude each other.</summary>
/// <param name="Network">The network; null when the faults made it impossible to build one.</param>
/// <param name="Faults">Everything that is wrong, empty when the model can be used.</param>
/// <param name="Warnings">What is suspicious but does not prevent use, for example NaN weights.</param>
/// <param name="Unsupported">Operators that cannot be run, with their nodes.</param>
public sealed record LooseReading(
    Network? Network,
    ImmutableArray<ModelFault> Faults,
    ImmutableArray<ModelFault> Warnings,
    ImmutableArray<UnsupportedOperator> Unsupported)
{
    /// <summary>The model with the extents that its file leaves open; null when it leaves none, or nothing could be built.</summary>
    public OpenNetwork? Open { get; init; }
}
