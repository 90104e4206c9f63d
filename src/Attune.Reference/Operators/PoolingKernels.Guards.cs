using Attune.Kernels;

namespace Attune.Reference.Operators;

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

    private static SpatialWindow WindowOf(NodeFacts node) =>
        SpatialWindow.Of(node, node.Shape(0), node.Ints("kernel_shape") ?? throw node.Malformed("kernel_shape is missing"));
}
