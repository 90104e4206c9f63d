using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <content>Conditions on operands.</content>
internal static partial class MatrixKernels
{
    private static void GuardProduct(NodeFacts node)
    {
        if (Guards.Same(node, 0, 1) is DataType element and not (
            DataType.Float32 or DataType.Float64 or DataType.Int32 or DataType.Int64 or DataType.UInt32 or DataType.UInt64))
        {
            throw node.Unsupported($"elements of {element}");
        }

        Plan.Of(node, node.Shape(0), node.Shape(1));
    }

    private static void GuardGemm(NodeFacts node)
    {
        Guards.Number(node, 0);
        Guards.Same(node, 0, 1);
        Shape a = node.Shape(0);
        Shape b = node.Shape(1);
        if (a.Rank != 2 || b.Rank != 2)
        {
            throw node.Malformed($"two matrices are needed, not {a} and {b}");
        }

        if (a.Dimensions[node.Flag("transA") ? 0 : 1] != b.Dimensions[node.Flag("transB") ? 1 : 0])
        {
            throw node.Malformed($"shapes {a} and {b} do not multiply");
        }

        if (node.Has(2))
        {
            Guards.Same(node, 0, 2);
            Guards.Stretches(node, 2, Shape.Of(a.Dimensions[node.Flag("transA") ? 1 : 0], b.Dimensions[node.Flag("transB") ? 0 : 1]));
        }
    }

    private static void GuardIntegers(NodeFacts node)
    {
        Plan.Of(node, node.Shape(0), node.Shape(1));
        Quantisation.GuardCentred(node, 0, 2, node.Shape(0).Rank - 2);
        Quantisation.GuardCentred(node, 1, 3, node.Shape(1).Rank - 1);
    }

    private static void GuardQuantised(NodeFacts node)
    {
        Guards.Present(node, 8);
        Plan plan = Plan.Of(node, node.Shape(0), node.Shape(3));
        Quantisation.GuardParameters(node, node.Shape(0), 1, 2, node.Shape(0).Rank - 2);
        Quantisation.GuardParameters(node, node.Shape(3), 4, 5, node.Shape(3).Rank - 1);
        Quantisation.GuardParameters(node, plan.Result, 6, 7, plan.Result.Rank - 2);
        Quantisation.GuardCentred(node, 0, 2, node.Shape(0).Rank - 2);
        Quantisation.GuardCentred(node, 3, 5, node.Shape(3).Rank - 1);
    }
}
