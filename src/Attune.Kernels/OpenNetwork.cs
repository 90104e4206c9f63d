using System.Collections.Immutable;

namespace Attune.Kernels;

/// <summary>
/// A model before its shapes were fixed: what runs when inputs come in other shapes than those it was planned for. Nothing is fused in it.
/// </summary>
/// <param name="Network">Nodes and constants; no types.</param>
/// <param name="Inputs">What its inputs may be, in the network's order.</param>
public sealed record OpenNetwork(Network Network, ImmutableArray<OpenInput> Inputs);
