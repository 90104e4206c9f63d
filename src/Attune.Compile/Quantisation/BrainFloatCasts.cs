using System.Collections.Immutable;
using Attune.Compile.Compute;
using Attune.Kernels;

namespace Attune.Compile.Quantisation;

/// <summary>
/// Makes single layers of a network multiply brain floats: what they read is rounded for them alone, and so are their weights. Stateless.
/// </summary>
internal static class BrainFloatCasts
{
    /// <summary>Why such a layer is not on bytes.</summary>
    public const string Reason = "it multiplies brain floats";

    /// <summary>Adds the casts.</summary>
    /// <param name="network">A network before all passes, of operator set 13 or newer.</param>
    /// <param name="layers">Names of convolutions and matrix products with constant weights of floats; others are left alone.</param>
    /// <param name="isSketch">True where weights have no values.</param>
    public static Network Apply(Network network, ImmutableArray<string> layers, bool isSketch = false)
    {
        if (layers.IsEmpty)
        {
            return network;
        }

        HashSet<string> wanted = [.. layers];
        var rounding = new BrainFloatRounding(network, isSketch);
        foreach (Node node in network.Nodes)
        {
            bool rounds = wanted.Contains(node.Name) && network.Constants.TryGetValue(node.Inputs[1], out Tensor? weights)
                && weights.Element == DataType.Float32;
            rounding.Add(rounds
                ? node with { Inputs = node.Inputs.SetItem(0, rounding.Value(node.Inputs[0])).SetItem(1, rounding.Weights(node.Inputs[1])) }
                : node);
        }

        return rounding.Build();
    }
}
