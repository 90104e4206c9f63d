using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>The inverse of max pooling.</summary>
internal static class UnpoolingKernel
{
    public static void Register(KernelTable table) => table.Add("MaxUnpool", Guard, Unpool);

    private static Tensor Unpool(KernelCall call)
    {
        Tensor x = call.Input(0);
        long[] indices = Numbers.ToLongs(call.Input(1));
        Shape pooled = Unpooled(call);
        Shape shape = call.Optional(2) is Tensor wanted ? Shape.Of(Numbers.ToLongs(wanted)) : pooled;
        // The indices count in the tensor that was pooled, which a larger output_shape contains at its origin.
        long[] strides = shape.Strides();
        var target = new double[checked((int)shape.Count)];
        double[] values = Numbers.ToDoubles(x);
        for (int i = 0; i < values.Length; i++)
        {
            long rest = indices[i] >= 0 && indices[i] < pooled.Count
                ? indices[i]
                : throw call.Malformed($"index {indices[i]} is outside the {pooled.Count} elements that were pooled");
            long position = 0;
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
            {
                long at = rest % pooled.Dimensions[axis];
                position += at < shape.Dimensions[axis] ? at * strides[axis] : throw call.Malformed($"index {indices[i]} is outside output_shape {shape}");
                rest /= pooled.Dimensions[axis];
            }

            target[position] = values[i];
        }

        return Numbers.FromDoubles(target, x.Element, shape);
    }

    private static void Guard(NodeFacts node)
    {
        Guards.Real(node, 0);
        Guards.Index(node, 1);
        Shape x = node.Shape(0);
        if (node.Shape(1).Count != x.Count || Unpooled(node).Rank != x.Rank)
        {
            throw node.Malformed("data, indices and output_shape do not belong together");
        }

        if (node.Known(2) is Tensor wanted && (wanted.Count != x.Rank || !x.Dimensions[..2].SequenceEqual(Numbers.ToLongs(wanted)[..2])))
        {
            throw node.Malformed($"output_shape {string.Join('x', Numbers.ToLongs(wanted))} does not fit {x}");
        }
    }

    /// <summary>Shape of the tensor that was pooled.</summary>
    private static Shape Unpooled(NodeFacts node)
    {
        Shape x = node.Shape(0);
        SpatialWindow window = SpatialWindow.Unplaced(node, x, node.Ints("kernel_shape") ?? throw node.Malformed("kernel_shape is missing"));
        long[] extents = [
            .. Enumerable.Range(3 - window.Rank, window.Rank)
                .Select(i => checked(((window.Input[i] - 1L) * window.Stride[i]) + window.Kernel[i] - window.Begin[i] - window.End[i]))];
        return extents.All(static extent => extent > 0)
            ? new Shape([.. x.Dimensions[..2], .. extents])
            : throw node.Malformed("the pads leave nothing of the result");
    }
}
