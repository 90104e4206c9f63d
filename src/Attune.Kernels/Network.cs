using System.Collections.Immutable;

namespace Attune.Kernels;

/// <summary>
/// An immutable computation graph with static shapes. Invariants, checked by the verifier of the graph project: nodes are in topological order;
/// every value is defined exactly once (an input, a constant or one node's output) before it is read; <see cref="Types"/> knows every value.
/// Passes return a new network.
/// </summary>
/// <param name="Name">The model's name, for messages.</param>
/// <param name="Inputs">Values that the caller supplies, in order. Constants are not listed here.</param>
/// <param name="Outputs">Values that the caller receives, in order.</param>
/// <param name="Nodes">Operators in topological order.</param>
/// <param name="Constants">Initialisers and folded values.</param>
/// <param name="Types">Element type and shape of every value, constants included. Values whose shape depends on data are absent.</param>
public sealed record Network(
    string Name,
    ImmutableArray<NetworkValue> Inputs,
    ImmutableArray<NetworkValue> Outputs,
    ImmutableArray<Node> Nodes,
    ImmutableDictionary<string, Tensor> Constants,
    ImmutableDictionary<string, TensorType> Types)
{
    /// <summary>Type of a value.</summary>
    /// <exception cref="KeyNotFoundException">The value is unknown.</exception>
    public TensorType TypeOf(string value) =>
        Types.TryGetValue(value, out TensorType? type) ? type : throw new KeyNotFoundException($"The network has no type for value '{value}'.");

    /// <summary>How many times each value is read, by nodes and as a network output.</summary>
    public Dictionary<string, int> CountReads()
    {
        var reads = new Dictionary<string, int>();
        foreach (string input in Nodes.SelectMany(node => node.Inputs).Concat(Outputs.Select(output => output.Name)))
        {
            if (input.Length > 0)
            {
                reads[input] = reads.GetValueOrDefault(input) + 1;
            }
        }

        return reads;
    }
}
