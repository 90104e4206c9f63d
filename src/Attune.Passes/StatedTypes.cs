using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Passes;

/// <summary>Networks whose types are not inferred state those of their inputs and constants all the same, as every network in a file does.</summary>
public static class StatedTypes
{
    /// <summary>The network, and those in its attributes, with the types of its inputs and constants and no others.</summary>
    /// <param name="network">Any network.</param>
    public static Network Of(Network network) => network with
    {
        Nodes = [.. network.Nodes.Select(OfBodies)],
        Types = network.Inputs.Select(static input => KeyValuePair.Create(input.Name, input.Type))
            .Concat(network.Constants.Select(static constant => KeyValuePair.Create(constant.Key, constant.Value.Type))).ToImmutableDictionary(),
    };

    private static Node OfBodies(Node node) => node.Attributes.Aggregate(
        node,
        static (changed, entry) => entry.Value is Network body ? changed with { Attributes = changed.Attributes.With(entry.Key, Of(body)) } : changed);
}
