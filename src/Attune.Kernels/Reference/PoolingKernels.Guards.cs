namespace Attune.Kernels.Reference;

/// <content>Conditions on data and windows.</content>
internal static partial class PoolingKernels
{
    private static void GuardPool(NodeFacts node)
    {
        Guards.Real(node, 0);
        WindowOf(node);
    }

    private static void GuardMaxPool(NodeFacts node)
    {
        if (node.Element(0) is not (DataType.Int8 or DataType.UInt8))
        {
            Guards.Real(node, 0);
        }

        WindowOf(node);
    }

    private static void GuardNormPool(NodeFacts node)
    {
        GuardPool(node);
        Norm(node);
    }

    private static void GuardGlobal(NodeFacts node)
    {
        Guards.Real(node, 0);
        Guards.Rank(node, 0, 2);
    }

    private static void GuardGlobalNorm(NodeFacts node)
    {
        GuardGlobal(node);
        Norm(node);
    }

    private static double Norm(NodeFacts node)
    {
        double p = node.Attributes.Find("p") is float real ? real : node.Int("p", 2);
        return p > 0 ? p : throw node.Malformed($"the norm {p} is not positive");
    }

    private static void GuardUnpool(NodeFacts node)
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
        return extents.All(static extent => extent > 0) ? new Shape([.. x.Dimensions[..2], .. extents]) : throw node.Malformed("the pads leave nothing of the result");
    }

    private static SpatialWindow WindowOf(NodeFacts node) =>
        SpatialWindow.Of(node, node.Shape(0), node.Ints("kernel_shape") ?? throw node.Malformed("kernel_shape is missing"));
}
