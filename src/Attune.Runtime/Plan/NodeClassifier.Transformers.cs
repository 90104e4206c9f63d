using Attune.Kernels;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <content>Operators of transformers: attention, layer normalisation, products of two activations, permutations.</content>
internal sealed partial class NodeClassifier
{
    private NodePlan? Attention(Node node)
    {
        Shape[] shapes = [.. node.Inputs.Take(3).Select(input => network.TypeOf(input).Shape)];
        if (node.Attributes.Ints("offsets") is not { Length: 3 } offsets || Array.Exists(shapes, shape => shape.Rank != 3) || node.Inputs.Take(3).Any(network.Constants.ContainsKey))
        {
            return null;
        }

        int heads = (int)node.Attributes.Int("heads", 1);
        var workload = new AttentionWorkload
        {
            Batch = shapes[0][0],
            Heads = heads,
            Queries = shapes[0][1],
            Keys = shapes[1][1],
            Size = (int)node.Attributes.Int("size", 1),
            ValueSize = (int)node.Attributes.Int("value_size", 1),
            Scale = node.Attributes.Float("scale", 1),
            Query = new AttentionColumns(shapes[0][2], (int)offsets[0]),
            Key = new AttentionColumns(shapes[1][2], (int)offsets[1]),
            Value = new AttentionColumns(shapes[2][2], (int)offsets[2]),
            Lanes = lanes,
        };
        if (node.Input(3).Length > 0)
        {
            if (MaskOf(network.TypeOf(node.Inputs[3]).Shape, workload) is not { } mask)
            {
                return null;
            }

            workload = workload with { Mask = mask };
        }

        return workload.IsEligible
            ? new NodePlan(node, StepKind.Attention, [.. PlainDemands(node)], StorageKind.Plain) { InputExtent = PlainExtent(node.Inputs[0]), OutputExtent = PlainExtent(node.Outputs[0]), Attention = workload }
            : null;
    }

    /// <summary>Steps of a mask that broadcasts to [batch, heads, queries, keys]; null when it repeats along the keys, which no mask does for a reason.</summary>
    private static AttentionMask? MaskOf(Shape shape, AttentionWorkload w)
    {
        int[] extents = [.. Enumerable.Repeat(1, 4 - shape.Rank), .. shape.Dimensions.Select(extent => (int)extent)];
        if (extents[3] != w.Keys)
        {
            return null;
        }

        int query = extents[2] == 1 ? 0 : extents[3];
        int head = extents[1] == 1 ? 0 : extents[2] * extents[3];
        int batch = extents[0] == 1 ? 0 : extents[1] * extents[2] * extents[3];
        return new AttentionMask(batch, head, query);
    }

    private NodePlan? LayerNorm(Node node)
    {
        Shape shape = network.TypeOf(node.Inputs[0]).Shape;
        long axis = node.Attributes.Int("axis", -1);
        int first = (int)(axis < 0 ? axis + shape.Rank : axis);
        int columns = shape.Dimensions[first..].Aggregate(1, (product, extent) => checked(product * (int)extent));
        bool constant = node.Inputs.Skip(1).Where(input => input.Length > 0).All(input => network.Constants.TryGetValue(input, out Tensor? tensor) && tensor.Count == columns);
        if (!constant || node.Input(1).Length == 0 || node.Outputs.Count(output => output.Length > 0) != 1 || network.Constants.ContainsKey(node.Inputs[0]))
        {
            return null;
        }

        return new NodePlan(node, StepKind.LayerNorm, [new Demand(node.Inputs[0], StorageKind.Plain, PlainExtent(node.Inputs[0]))], StorageKind.Plain)
        {
            InputExtent = new Extent(1, columns, 1, (int)(shape.Count / columns)),
            OutputExtent = PlainExtent(node.Outputs[0]),
            Epsilon = node.Attributes.Float("epsilon", 1e-5f),
        };
    }

    private NodePlan? Product(Node node)
    {
        Shape left = network.TypeOf(node.Inputs[0]).Shape;
        Shape right = network.TypeOf(node.Inputs[1]).Shape;
        if (left.Rank < 2 || right.Rank < 2 || node.Inputs.Any(network.Constants.ContainsKey)
            || MatrixBatch.Of(left.Dimensions.AsSpan()[..^2], right.Dimensions.AsSpan()[..^2]) is not { } batch)
        {
            return null;
        }

        return new NodePlan(node, StepKind.MatMul, [.. PlainDemands(node)], StorageKind.Plain)
        {
            InputExtent = PlainExtent(node.Inputs[0]),
            OutputExtent = PlainExtent(node.Outputs[0]),
            Product = new MatrixWorkload(batch, left[-2], right[-1], left[-1], lanes),
        };
    }

    private NodePlan? Transpose(Node node) => network.Constants.ContainsKey(node.Inputs[0])
        ? null
        : new NodePlan(node, StepKind.Transpose, [.. PlainDemands(node)], StorageKind.Plain) { InputExtent = PlainExtent(node.Inputs[0]), OutputExtent = PlainExtent(node.Outputs[0]) };

    private IEnumerable<Demand> PlainDemands(Node node) =>
        node.Inputs.Where(input => input.Length > 0 && !network.Constants.ContainsKey(input)).Select(input => new Demand(input, StorageKind.Plain, PlainExtent(input)));
}
