using System.Collections.Immutable;
using Attune.Graph.Onnx;
using Attune.Kernels;
using Attune.Reference.Inference;

namespace Attune.Graph.Analysis;

/// <summary>What a network costs on paper, for looking at a model without running it.</summary>
/// <param name="Nodes">One entry for each node, in order.</param>
/// <param name="Flops">Floating-point operations of one inference.</param>
/// <param name="ParameterBytes">Bytes of all constants, each counted once.</param>
public sealed record NetworkSummary(ImmutableArray<NodeSummary> Nodes, long Flops, long ParameterBytes)
{
    private static readonly HashSet<string> Movers =
    [
        "Cast", "CastLike", "Compress", "Concat", "Constant", "ConstantOfShape", "DepthToSpace", "Dropout", "Expand", "EyeLike", "Flatten", "Gather",
        "GatherElements", "GatherND", "Identity", "NonZero", "OneHot", "Pad", "Range", "Reshape", "ReverseSequence", "Scatter", "ScatterElements",
        "ScatterND", "Shape", "Size", "Slice", "SpaceToDepth", "Split", "Squeeze", "Tile", "Transpose", "Trilu", "Unsqueeze", "Where",
    ];

    /// <summary>Looks at a network. Operators whose types are unknown count as zero.</summary>
    /// <param name="network">The network, fused or not.</param>
    public static NetworkSummary Of(Network network)
    {
        // Some exporters write every weight as a node of its own.
        Dictionary<string, long> bytes = network.Constants.ToDictionary(pair => pair.Key, pair => Bytes(pair.Value), StringComparer.Ordinal);
        foreach (Node node in network.Nodes.Where(node => node.Operator == "Constant" && !node.Outputs.IsEmpty))
        {
            bytes[node.Outputs[0]] = ShapeRules.ConstantValue(node) is { } value ? Bytes(value) : 0;
        }

        ImmutableArray<NodeSummary> nodes = [.. network.Nodes.Select(node => Of(network, node, bytes))];
        return new NetworkSummary(nodes, nodes.Sum(node => node.Flops), bytes.Values.Sum());
    }

    private static NodeSummary Of(Network network, Node node, Dictionary<string, long> bytes)
    {
        // Recurrent layers may lack their first output.
        string? first = node.Outputs.FirstOrDefault(name => name.Length > 0);
        TensorType? output = first is null ? null : network.Types.GetValueOrDefault(first);
        long parameters = node.Inputs.Distinct().Sum(input => bytes.GetValueOrDefault(input));
        return new NodeSummary(node.Name, node.Operator, output, output is null ? 0 : Work(network, node, output), parameters);
    }

    private static long Work(Network network, Node node, TensorType output)
    {
        if (Movers.Contains(node.Operator))
        {
            return 0;
        }

        TensorType? TypeOf(int input) => network.Types.GetValueOrDefault(node.Input(input));
        long count = output.Shape.Count;
        switch (node.Operator)
        {
            // Weights are [CO, CI / group, spatial...], so a result needs all but the first extent in multiply-adds.
            case "Conv" or "ConvInteger" or FusedOperators.Convolution when TypeOf(1) is { } w:
                return 2 * count * w.Shape.Dimensions[1..].Aggregate(1L, (product, extent) => product * extent);
            case "QLinearConv" when TypeOf(3) is { } w:
                return 2 * count * w.Shape.Dimensions[1..].Aggregate(1L, (product, extent) => product * extent);
            // Here every input element meets all but the first extent of [CI, CO / group, spatial...].
            case "ConvTranspose" when TypeOf(0) is { } x && TypeOf(1) is { } w:
                return 2 * x.Shape.Count * w.Shape.Dimensions[1..].Aggregate(1L, (product, extent) => product * extent);
            case "MatMul" or "MatMulInteger" or "QLinearMatMul" or FusedOperators.Dense when TypeOf(0) is { Shape.Rank: >= 1 } x:
                return 2 * count * x.Shape.Dimensions[^1];
            // Scores and their product with the values: every query meets every key twice.
            case FusedOperators.Attention when TypeOf(1) is { Shape.Rank: 3 } keys && TypeOf(0) is { Shape.Rank: 3 } queries:
                return 2 * queries.Shape.Dimensions[0] * queries.Shape.Dimensions[1] * keys.Shape.Dimensions[1] * node.Attributes.Int("heads", 1)
                    * (node.Attributes.Int("size", 1) + node.Attributes.Int("value_size", 1));
            // Every weight, of the input and of the state, meets every sequence of the batch once a step.
            case "LSTM" or "GRU" or "RNN" when TypeOf(0) is { Shape.Rank: 3 } x && TypeOf(1) is { } w && TypeOf(2) is { } r:
                return 2 * x.Shape.Dimensions[0] * x.Shape.Dimensions[1] * (w.Shape.Count + r.Shape.Count);
            case FusedOperators.Recurrent when TypeOf(0) is { Shape.Rank: 3 } sums && TypeOf(1) is { } r:
                return 2 * sums.Shape.Dimensions[0] * sums.Shape.Dimensions[1] * r.Shape.Count;
            case "Gemm" when TypeOf(0) is { Shape.Rank: 2 } x:
                return 2 * count * x.Shape.Dimensions[node.Attributes.Int("transA", 0) != 0 ? 0 : 1];
            case "MaxPool" or "AveragePool" or "LpPool" when node.Attributes.Ints("kernel_shape") is { } kernel:
                return count * kernel.Aggregate(1L, (product, extent) => product * extent);
            default:
                // Element-wise operators and reductions touch each element of the larger side once.
                return Math.Max(count, node.Inputs.IsEmpty ? 0 : TypeOf(0)?.Shape.Count ?? 0);
        }
    }

    private static long Bytes(Tensor tensor) => (long)tensor.Count * OnnxTensorReader.SizeOf(tensor.Element);
}
