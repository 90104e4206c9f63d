using Attune.Kernels;

namespace Attune.Runtime.Plan;

/// <content>Operators that only move elements of dense memory: Slice, Split, and concatenations that are not made in place.</content>
internal sealed partial class NodeClassifier
{
    private NodePlan? Slice(Node node)
    {
        Shape x = network.TypeOf(node.Inputs[0]).Shape;
        Shape y = network.TypeOf(node.Outputs[0]).Shape;
        bool inputs = node.Opset >= 10;
        long[]? starts = inputs ? Longs(node.Input(1)) : node.Attributes.Ints("starts")?.ToArray();
        long[]? ends = inputs ? Longs(node.Input(2)) : node.Attributes.Ints("ends")?.ToArray();
        if (starts is null || ends is null || starts.Length != ends.Length || y.Rank != x.Rank)
        {
            return null;
        }

        long[]? axes = inputs
            ? node.Input(3).Length > 0
            ? Longs(node.Input(3))
            : Counted(starts.Length)
            : node.Attributes.Ints("axes")?.ToArray() ?? Counted(starts.Length);
        long[]? steps = inputs && node.Input(4).Length > 0 ? Longs(node.Input(4)) : [.. Enumerable.Repeat(1L, starts.Length)];
        if (axes is null || steps is null || axes.Length != starts.Length || steps.Length != starts.Length || steps.Contains(0)
            || Array.Exists(axes, axis => axis < -x.Rank || axis >= x.Rank) || axes.DistinctBy(axis => axis < 0 ? axis + x.Rank : axis).Count() != axes.Length)
        {
            return null;
        }

        long[] from = x.Strides();
        long origin = 0;
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = (int)(axes[i] < 0 ? axes[i] + x.Rank : axes[i]);
            long extent = x.Dimensions[axis];
            long start = starts[i] < 0 ? starts[i] + extent : starts[i];
            start = Math.Clamp(start, 0, steps[i] > 0 ? extent : extent - 1);
            origin += start * from[axis];
            from[axis] *= steps[i];
        }

        return Moved(node, [StridedCopy.Of(0, 0, y, from, y.Strides(), origin, 0)]);
    }

    private NodePlan? Split(Node node)
    {
        Shape x = network.TypeOf(node.Inputs[0]).Shape;
        if (AxisOf(node, 0, x) is not { } axis || node.Outputs.Any(output => output.Length == 0) || !AreParts(node.Outputs, x, axis))
        {
            return null;
        }

        var copies = new List<StridedCopy>();
        long[] from = x.Strides();
        long origin = 0;
        for (int i = 0; i < node.Outputs.Length; i++)
        {
            Shape part = network.TypeOf(node.Outputs[i]).Shape;
            copies.Add(StridedCopy.Of(0, i, part, from, part.Strides(), origin, 0));
            origin += part.Dimensions[axis] * from[axis];
        }

        return Moved(node, copies);
    }

    /// <summary>A concatenation in dense memory.</summary>
    private NodePlan? Joined(Node node)
    {
        Shape y = network.TypeOf(node.Outputs[0]).Shape;
        if (AxisOf(node, 1, y) is not { } axis || !AreParts(node.Inputs, y, axis))
        {
            return null;
        }

        var copies = new List<StridedCopy>();
        long[] to = y.Strides();
        long origin = 0;
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            Shape part = network.TypeOf(node.Inputs[i]).Shape;
            copies.Add(StridedCopy.Of(i, 0, part, part.Strides(), to, 0, origin));
            origin += part.Dimensions[axis] * to[axis];
        }

        return Moved(node, copies);
    }

    /// <summary>True when the values fill a whole one after the other along an axis.</summary>
    private bool AreParts(IEnumerable<string> values, Shape whole, int axis)
    {
        Shape[] parts = [.. values.Select(value => network.TypeOf(value).Shape)];
        return Array.TrueForAll(
            parts, part => part.Rank == whole.Rank && Enumerable.Range(0, whole.Rank).All(i => i == axis || part.Dimensions[i] == whole.Dimensions[i]))
            && parts.Sum(part => part.Dimensions[axis]) == whole.Dimensions[axis];
    }

    /// <summary>A step of copies; null when one of them would leave its operands.</summary>
    private NodePlan? Moved(Node node, IReadOnlyList<StridedCopy> copies)
    {
        if (copies.Any(copy => !copy.StaysWithin(network.TypeOf(node.Inputs[copy.Input]).Shape.Count, network.TypeOf(node.Outputs[copy.Output]).Shape.Count)))
        {
            return null;
        }

        int used = copies.Max(copy => copy.Input) + 1;
        return new NodePlan(node, StepKind.Copy, [.. node.Inputs.Take(used).Select(input => new Demand(input, StorageKind.Plain))], StorageKind.Plain)
        {
            Copies = [.. copies],
        };
    }

    private long[]? Longs(string constant) => network.Constants.TryGetValue(constant, out Tensor? tensor)
        ? tensor.Data switch
        {
            long[] longs => longs,
            int[] integers => [.. integers.Select(value => (long)value)],
            _ => null,
        }
        : null;

    private static long[] Counted(int count) => [.. Enumerable.Range(0, count).Select(i => (long)i)];
}
