using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Compile.LowRank;

/// <summary>A network whose layers have cheaper forms.</summary>
/// <param name="Network">The network, as <see cref="LayerAlternatives"/> describes it.</param>
/// <param name="Layers">What was added, in order of execution.</param>
public sealed record LowRankNetwork(Network Network, ImmutableArray<LowRankLayer> Layers);
