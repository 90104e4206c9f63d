using System.Collections.Immutable;
using Attune.Compile.Weights;
using Attune.Kernels;

namespace Attune.Compile.Compute;

/// <summary>A network some of whose layers multiply brain floats.</summary>
/// <param name="Network">The network; what rounds its activations are Cast nodes, and weights that were rounded are floats that brain floats hold.</param>
/// <param name="Layers">Nodes that do, in order of execution.</param>
/// <param name="Kept">Layers that go on multiplying 32-bit floats, with the reason.</param>
public sealed record ComputedNetwork(Network Network, ImmutableArray<string> Layers, ImmutableArray<KeptLayer> Kept);
