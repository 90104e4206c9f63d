using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Compile.Quantisation.Mixed;

/// <summary>Which layers' results reach a layer as bytes when all are on bytes. Stateless.</summary>
internal static class LayerSources
{
    /// <summary>For every layer of a plan the positions of those before it; none where something of what it reads is turned into bytes in any case.</summary>
    /// <param name="network">The network.</param>
    /// <param name="plan">What is on bytes.</param>
    public static ImmutableArray<ImmutableArray<int>> Of(Network network, QuantisationPlan plan)
    {
        var producers = network.Nodes.Index()
            .SelectMany(entry => entry.Item.Outputs.Where(output => output.Length > 0).Select(output => (output, entry.Index)))
            .ToDictionary(pair => pair.output, pair => pair.Index);
        var positions = plan.Layers.Index().ToDictionary(entry => entry.Item.Outputs[0], entry => entry.Index);
        var known = new Dictionary<string, ImmutableSortedSet<int>?>();

        // Null where it is no bytes.
        ImmutableSortedSet<int>? Reaching(string value)
        {
            if (!known.TryGetValue(value, out ImmutableSortedSet<int>? found))
            {
                found = positions.TryGetValue(value, out int layer) ? [layer] : Through(value);
                known.Add(value, found);
            }

            return found;
        }

        ImmutableSortedSet<int>? Through(string value)
        {
            if (!producers.TryGetValue(value, out int at) || !(plan.Operators.Contains(at) || QuantisationPlan.IsClip(network.Nodes[at])))
            {
                return null;
            }

            Node node = network.Nodes[at];
            ImmutableSortedSet<int>?[] parts = [.. (plan.Operators.Contains(at) ? plan.DataOf(node) : node.Inputs.Take(1)).Select(Reaching)];
            return parts.Contains(null) ? null : [.. parts.SelectMany(part => part!)];
        }

        return [.. plan.Layers.Select(layer => Reaching(layer.Inputs[0]) is { } sources ? [.. sources] : ImmutableArray<int>.Empty)];
    }
}
