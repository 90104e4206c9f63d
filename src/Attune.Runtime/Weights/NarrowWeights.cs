using Attune.Kernels;

namespace Attune.Runtime.Weights;

/// <summary>Reads from a network which layers store their weights as halves or bytes with a scale per output channel. Stateless.</summary>
internal static class NarrowWeights
{
    /// <summary>The narrowest format in which a network stores weights of a layer.</summary>
    public static WeightFormat FormatOf(Network network) =>
        network.Nodes.Where(IsWeighted)
            .Select(node => network.Types.TryGetValue(node.Inputs[1], out TensorType? type) ? WeightFormats.Of(type.Element) : null)
            .Max() ?? WeightFormat.F32;

    /// <summary>Weights of a node of a narrow format; null when they are 32-bit floats or the scales do not fit them.</summary>
    public static StoredWeights? Of(Network network, Node node) =>
        StoredWeights.Of(network.Constants[node.Inputs[1]], network.Constants.GetValueOrDefault(node.Input(FusedOperators.Scales)), ChannelsLast(node));

    /// <summary>Whether a node is a layer with weights that may be narrow.</summary>
    public static bool IsWeighted(Node node) => node.Operator is FusedOperators.Dense or FusedOperators.Convolution && node.Inputs.Length > 1;

    /// <summary>Whether output channels are the last axis of a node's weights instead of the first.</summary>
    public static bool ChannelsLast(Node node) => node.Operator == FusedOperators.Dense && node.Attributes.Int("transB", 0) == 0;
}
