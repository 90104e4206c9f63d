using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Compile.Weights;

/// <summary>A network some of whose weights are stored in a narrow format.</summary>
/// <param name="Network">The network.</param>
/// <param name="Format">The format asked for.</param>
/// <param name="Layers">Nodes whose weights are stored in it, in order of execution.</param>
/// <param name="Kept">Nodes that could have been but keep 32-bit floats, with the reason.</param>
/// <param name="BytesBefore">Bytes of all constants before.</param>
/// <param name="BytesAfter">Bytes of all constants afterwards, scales included.</param>
public sealed record NarrowedNetwork(
    Network Network,
    WeightFormat Format,
    ImmutableArray<string> Layers,
    ImmutableArray<KeptLayer> Kept,
    long BytesBefore,
    long BytesAfter);
