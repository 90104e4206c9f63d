using Attune.Kernels;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <content>Element-wise operators: operands of one shape, and operands that are broadcast.</content>
internal sealed partial class NodeClassifier
{
    private NodePlan? Binary(Node node)
    {
        Shape shape = network.TypeOf(node.Outputs[0]).Shape;
        if (node.Inputs.Any(i => network.Constants.ContainsKey(i) || !network.TypeOf(i).Shape.Equals(shape)))
        {
            return Broadcast(node, shape, wide: 0) ?? Broadcast(node, shape, wide: 1);
        }

        (StorageKind kind, Extent extent) = ElementwiseLayout(node.Inputs[0], node);
        return new NodePlan(
            node,
            StepKind.Elementwise,
            [.. node.Inputs.Select(i => new Demand(i, kind))],
            kind)
        { InputExtent = extent, OutputExtent = extent, Operation = node.Operator };
    }

    /// <summary>One operand of the result's shape, and a constant or an activation that every pixel, or every row, reads.</summary>
    private NodePlan? Broadcast(Node node, Shape shape, int wide)
    {
        string value = node.Inputs[wide];
        string other = node.Inputs[1 - wide];
        if (network.Constants.ContainsKey(value) || !network.TypeOf(value).Shape.Equals(shape))
        {
            return null;
        }

        (StorageKind kind, Extent extent) = ElementwiseLayout(value, node);
        bool first = wide == 1;
        BroadcastOperand? operand = network.Constants.TryGetValue(other, out Tensor? constant)
            ? constant.Element == DataType.Float32 ? OfConstant(constant, shape, kind, extent, first) : null
            : kind == StorageKind.Blocked
                && IsPerChannel(network.TypeOf(other).Shape, shape) ? new BroadcastOperand(null, first, BlockedExtent(extent), null, null) : null;
        if (operand is null)
        {
            return null;
        }

        List<Demand> inputs = [new(value, kind)];
        if (operand.Numbers is null)
        {
            inputs.Add(new Demand(other, StorageKind.Blocked));
        }

        return new NodePlan(
            node, StepKind.Elementwise, inputs, kind)
        { InputExtent = extent, OutputExtent = extent, Operation = node.Operator, Broadcast = operand };
    }

    private BroadcastOperand? OfConstant(Tensor constant, Shape shape, StorageKind kind, Extent extent, bool first)
    {
        float[] numbers = constant.Elements<float>();
        if (kind == StorageKind.Blocked)
        {
            // Lanes beyond the last channel get 1, by which anything can be divided.
            var padded = new float[(extent.Channels + lanes - 1) / lanes * lanes];
            padded.AsSpan().Fill(1);
            if (Along(constant.Shape, shape, 1) is not { } step)
            {
                return null;
            }

            for (int channel = 0; channel < extent.Channels; channel++)
            {
                padded[channel] = numbers[channel * step];
            }

            return new BroadcastOperand(padded, first, BlockedExtent(extent), null, new ActivationView(0, 0, lanes, 1, 0, 0));
        }

        int count = checked((int)shape.Count);
        if (numbers.Length == 1)
        {
            var flat = ElementwiseExtent.Flat(count, lanes);
            return new BroadcastOperand([.. Enumerable.Repeat(numbers[0], lanes)], first, flat, flat.Line(lanes), default(ActivationView));
        }

        if (shape.Rank == 0)
        {
            return null;
        }

        int depth = shape[-1];
        if (depth % lanes == 0 && numbers.Length == depth && Along(constant.Shape, shape, shape.Rank - 1) is not null)
        {
            return new BroadcastOperand(
                numbers,
                first,
                new ElementwiseExtent(1, 1, count / depth, depth / lanes),
                new ActivationView(0, 0, 0, 1, depth, lanes),
                new ActivationView(0, 0, 0, 1, 0, lanes));
        }

        if (shape.Rank is not (3 or 4) || Along(constant.Shape, shape, 1) is null)
        {
            return null;
        }

        Extent image = Extent.OfImage(shape);
        int channels = image.Channels;
        int plane = image.Rows * image.Columns;
        return plane % lanes == 0
            ? new BroadcastOperand(
                [.. numbers.SelectMany(number => Enumerable.Repeat(number, lanes))],
                first,
                new ElementwiseExtent(image.Images, channels, 1, plane / lanes),
                new ActivationView(0, (long)channels * plane, plane, 1, plane, lanes),
                new ActivationView(0, 0, lanes, 1, 0, 0))
            : null;
    }

    /// <summary>Step between a constant's numbers along an axis of the result, 0 for a single number; null when it varies along another axis.</summary>
    private static int? Along(Shape constant, Shape shape, int axis)
    {
        int missing = shape.Rank - constant.Rank;
        for (int i = 0; i < constant.Rank; i++)
        {
            if (missing < 0 || (constant.Dimensions[i] != 1 && (i + missing != axis || constant.Dimensions[i] != shape.Dimensions[axis])))
            {
                return null;
            }
        }

        return missing < 0 ? null : constant.Count == 1 ? 0 : 1;
    }

    private static bool IsPerChannel(Shape other, Shape shape) =>
        shape.Rank == 4 && other.Rank == 4 && other[0] == shape[0] && other[1] == shape[1] && other[2] == 1 && other[3] == 1;

    private ElementwiseExtent BlockedExtent(Extent extent) => new(extent.Images, (extent.Channels + lanes - 1) / lanes, extent.Rows, extent.Columns);

    private NodePlan? Activation(Node node)
    {
        if (ActivationOf(node) is not { } epilogue)
        {
            return null;
        }

        if (!network.TypeOf(node.Inputs[0]).Shape.Equals(network.TypeOf(node.Outputs[0]).Shape))
        {
            return null;
        }

        (StorageKind kind, Extent extent) = ElementwiseLayout(node.Inputs[0], node);
        return new NodePlan(
            node, StepKind.Elementwise, [new Demand(node.Inputs[0], kind)], kind)
        { InputExtent = extent, OutputExtent = extent, Epilogue = epilogue };
    }

    private (StorageKind Kind, Extent Extent) ElementwiseLayout(string value, Node node) =>
        produced.GetValueOrDefault(value) == StorageKind.Blocked && network.TypeOf(node.Outputs[0]).Shape is { Rank: 2 or 3 or 4 } shape
            ? (StorageKind.Blocked, Extent.OfImage(shape))
            : (StorageKind.Plain, Extent.Flat(network.TypeOf(node.Outputs[0]).Shape));
}
