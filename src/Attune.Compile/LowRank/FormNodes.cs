using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Compile.LowRank;

/// <summary>What a form adds to its network.</summary>
/// <param name="Nodes">Its two nodes, in order.</param>
/// <param name="Constants">Their weights, by name.</param>
/// <param name="Values">Types of what they compute, by name.</param>
/// <param name="Layer">The form, for people.</param>
internal sealed record FormNodes(
    ImmutableArray<Node> Nodes, IReadOnlyDictionary<string, Tensor> Constants, IReadOnlyDictionary<string, TensorType> Values, LowRankLayer Layer);
