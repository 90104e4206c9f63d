using System.Collections.Immutable;
using Attune.Graph.Faults;
using Attune.Kernels;

namespace Attune.Graph;

/// <summary>A model that can be used.</summary>
/// <param name="Network">The network, all shapes known.</param>
/// <param name="Warnings">What is suspicious but does not prevent use, for example NaN weights.</param>
public sealed record ReadModel(Network Network, ImmutableArray<ModelFault> Warnings)
{
    /// <summary>The model with the extents that its file leaves open; null when it leaves none.</summary>
    public OpenNetwork? Open { get; init; }
}
