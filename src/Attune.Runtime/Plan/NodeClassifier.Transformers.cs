using Attune.Kernels;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <content>
/// Operators of transformers: attention, layer normalisation, products of two activations, permutations. Kernels trust their geometry, and a tuned-model
/// file may state anything, so shapes are checked here; what does not fit goes to the reference kernel, which says what is wrong.
/// </content>
internal sealed partial class NodeClassifier
{
    private NodePlan? Attention(Node node)
    {
        Shape[] shapes = [.. node.Inputs.Take(3).Select(input => network.TypeOf(input).Shape)];
        if (node.Attributes.Ints("offsets") is not { Length: 3 } offsets || shapes.Length != 3 || Array.Exists(shapes, shape => shape.Rank != 3))
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
        List<Demand> demands = [.. PlainDemands(node, 3)];
        if (node.Input(3).Length > 0)
        {
            if (network.TypeOf(node.Inputs[3]) is not { Element: DataType.Float32 } type || MaskOf(type.Shape, workload) is not { } mask)
            {
                return null;
            }

            workload = workload with { Mask = mask };
            if (!network.Constants.ContainsKey(node.Inputs[3]))
            {
                demands.Add(new Demand(node.Inputs[3], StorageKind.Plain));
            }
        }

        return workload.IsEligible && Fits(workload, shapes, network.TypeOf(node.Outputs[0]).Shape)
            ? new NodePlan(node, StepKind.Attention, demands, StorageKind.Plain) { Attention = workload }
            : null;
    }

    private static bool Fits(AttentionWorkload w, Shape[] shapes, Shape output)
    {
        bool Inside(AttentionColumns columns, int size) => columns.First >= 0 && columns.First + ((long)w.Heads * size) <= columns.Width;
        return w.Heads > 0 && shapes[1][0] == w.Batch && shapes[2][0] == w.Batch && shapes[2][1] == w.Keys
            && Inside(w.Query, w.Size) && Inside(w.Key, w.Size) && Inside(w.Value, w.ValueSize)
            && output.Equals(Shape.Of(w.Batch, w.Queries, (long)w.Heads * w.ValueSize));
    }

    /// <summary>
    /// Steps of a mask that broadcasts to [batch, heads, queries, keys]; null when it repeats along the keys, which no mask does for a reason.
    /// </summary>
    private static AttentionMask? MaskOf(Shape shape, AttentionWorkload w)
    {
        if (shape.Rank is 0 or > 4)
        {
            return null;
        }

        int[] extents = [.. Enumerable.Repeat(1, 4 - shape.Rank), .. shape.Dimensions.Select(extent => (int)extent)];
        int[] scores = [w.Batch, w.Heads, w.Queries];
        if (extents[3] != w.Keys || scores.Where((extent, axis) => extents[axis] != 1 && extents[axis] != extent).Any())
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
        if (AxisOf(node, -1, shape) is not { } first || !network.TypeOf(node.Outputs[0]).Shape.Equals(shape))
        {
            return null;
        }

        int columns = shape.Dimensions[first..].Aggregate(1, (product, extent) => checked(product * (int)extent));
        bool constant = node.Inputs.Skip(1).Where(input => input.Length > 0)
            .All(input => network.Constants.TryGetValue(input, out Tensor? tensor) && tensor.Element == DataType.Float32 && Covers(
                tensor.Shape,
                shape.Dimensions[first..]));
        if (!constant || node.Input(1).Length == 0 || node.Outputs.Count(output => output.Length > 0) != 1 || network.Constants.ContainsKey(node.Inputs[0]))
        {
            return null;
        }

        return new NodePlan(node, StepKind.LayerNorm, [new Demand(node.Inputs[0], StorageKind.Plain)], StorageKind.Plain)
        {
            InputExtent = new Extent(1, columns, 1, checked((int)(shape.Count / columns))),
            Epsilon = node.Attributes.Float("epsilon", 1e-5f),
        };
    }

    // Scale and bias may broadcast over the normalised axes or differ between groups; the kernel reads one number for every element of a group.
    private static bool Covers(Shape parameter, IEnumerable<long> normalised) =>
        parameter.Dimensions.SkipWhile(static extent => extent == 1).SequenceEqual(normalised.SkipWhile(static extent => extent == 1));

    private NodePlan? Product(Node node)
    {
        Shape left = network.TypeOf(node.Inputs[0]).Shape;
        Shape right = network.TypeOf(node.Inputs[1]).Shape;
        if (left.Rank < 2 || right.Rank < 2
            || MatrixBatch.Of(left.Dimensions.AsSpan()[..^2], right.Dimensions.AsSpan()[..^2]) is not { } batch
            || left[-1] != right[-2] || network.TypeOf(node.Outputs[0]).Shape.Count != (long)batch.Count * left[-2] * right[-1])
        {
            return null;
        }

        return new NodePlan(node, StepKind.MatMul, [.. PlainDemands(node, 2)], StorageKind.Plain)
        {
            Product = new MatrixWorkload(batch, left[-2], right[-1], left[-1], lanes),
        };
    }

    private NodePlan? Transpose(Node node)
    {
        Shape shape = network.TypeOf(node.Inputs[0]).Shape;
        bool permutes = node.Attributes.Ints("perm") is not { } order
            || order.Order().SequenceEqual(Enumerable.Range(0, shape.Rank).Select(axis => (long)axis));
        if (!permutes || network.TypeOf(node.Outputs[0]).Shape.Count != shape.Count)
        {
            return null;
        }

        return new NodePlan(node, StepKind.Transpose, [.. PlainDemands(node, 1)], StorageKind.Plain);
    }

    private static IEnumerable<Demand> PlainDemands(Node node, int count) => node.Inputs.Take(count).Select(input => new Demand(input, StorageKind.Plain));
}
