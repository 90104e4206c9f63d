using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Compile.Quantisation.Equalisation;

/// <summary>
/// Finds the pairs of layers between which channels may be scaled. Every layer is the first of one pair at most, and the second of one; a depthwise layer
/// between two others is both. Stateless.
/// </summary>
internal static class LayerPairs
{
    /// <summary>The pairs, in the network's order.</summary>
    /// <param name="network">The network, of operators of ONNX.</param>
    /// <param name="plan">What is on bytes: only what such a layer reads is rounded, so only before one there is something to gain.</param>
    public static ImmutableArray<LayerPair> Of(Network network, QuantisationPlan plan)
    {
        Dictionary<string, Node> producers = network.Nodes.SelectMany(node => node.Outputs.Select(output => (output, node)))
            .Where(pair => pair.output.Length > 0).ToDictionary(pair => pair.output, pair => pair.node);
        Dictionary<string, int> readers = network.Nodes.SelectMany(node => node.Inputs).Concat(network.Outputs.Select(output => output.Name))
            .CountBy(name => name).ToDictionary();
        var layers = new Dictionary<string, ScaledLayer?>();
        ScaledLayer? Layer(Node node)
        {
            if (!layers.TryGetValue(node.Name, out ScaledLayer? layer))
            {
                layers.Add(node.Name, layer = readers[node.Inputs[1]] == 1 ? ScaledLayer.Of(network, node) : null);
            }

            return layer;
        }

        var pairs = ImmutableArray.CreateBuilder<LayerPair>();
        foreach (Node second in plan.Layers)
        {
            if (Before(network, second, producers, readers) is { } first && Layer(first) is { } makes && Layer(second) is { } reads
                && makes.Outputs == reads.Inputs)
            {
                pairs.Add(new LayerPair(makes, reads));
            }
        }

        return pairs.ToImmutable();
    }

    /// <summary>The layer whose channels another one reads, each times the same number if it is scaled; null where there is none.</summary>
    private static Node? Before(Network network, Node second, Dictionary<string, Node> producers, Dictionary<string, int> readers)
    {
        string value = second.Inputs[0];
        int axis = second.Operator == "MatMul" ? network.TypeOf(value).Shape.Rank - 1 : 1;
        while (readers[value] == 1 && producers.TryGetValue(value, out Node? node))
        {
            if (QuantisationPlan.IsLayer(network, node))
            {
                int made = node.Operator == "MatMul" ? network.TypeOf(value).Shape.Rank - 1 : 1;
                return made == axis ? node : null;
            }

            // Largest and average numbers of positive multiples are the same multiples. Pooling goes over the axes from the third on.
            bool keeps = node.Operator is "Relu" or "LeakyRelu"
                || (axis == 1 && node.Outputs.Length == 1 && node.Operator is "MaxPool" or "AveragePool" or "GlobalAveragePool")
                || (axis == 1 && node.Operator is "Flatten" or "Reshape" or "Squeeze" && AreOnePixel(network, node));
            if (!keeps)
            {
                return null;
            }

            value = node.Inputs[0];
        }

        return null;
    }

    // What a classifier does between its last pooling and its last product: channels of one pixel each become a row.
    private static bool AreOnePixel(Network network, Node node)
    {
        Shape before = network.TypeOf(node.Inputs[0]).Shape;
        Shape after = network.TypeOf(node.Outputs[0]).Shape;
        return after.Rank == 2 && before.Rank > 2 && before[0] == after[0] && before[1] == after[1] && before.Count == after.Count;
    }
}
