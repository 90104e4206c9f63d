using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <content>Conditions on data and parameters.</content>
internal static partial class NormalisationKernels
{
    private static bool IsTraining(NodeFacts node) => node.Opset >= 14 && node.Flag("training_mode");

    private static void GuardBatch(NodeFacts node)
    {
        Guards.Real(node, 0);
        if (node.Opset < 9 && !node.Flag("spatial", absent: true))
        {
            throw node.Unsupported("statistics for every element (spatial = 0)");
        }

        Shape x = Guards.Rank(node, 0, 1);
        long channels = x.Rank > 1 ? x.Dimensions[1] : 1;
        for (int parameter = 1; parameter <= 4; parameter++)
        {
            Guards.Real(node, parameter);
            if (node.Shape(parameter).Count != channels)
            {
                throw node.Malformed($"scale, bias, mean and variance need {channels} elements each");
            }
        }
    }

    private static void GuardInstance(NodeFacts node)
    {
        Guards.Real(node, 0);
        GuardScaled(node, Guards.Rank(node, 0, 2).Dimensions[1]);
    }

    private static void GuardScaled(NodeFacts node, long parameters)
    {
        Guards.NotText(node, 1, 2);
        if (node.Shape(1).Count != parameters || node.Shape(2).Count != parameters)
        {
            throw node.Malformed($"scale and bias need {parameters} elements each, not {node.Shape(1)} and {node.Shape(2)}");
        }
    }

    private static void GuardGroup(NodeFacts node)
    {
        Guards.Real(node, 0);
        Shape x = node.Shape(0);
        long groups = node.Int("num_groups", 0);
        if (x.Rank < 2 || groups is < 1 or > int.MaxValue || x.Dimensions[1] % groups != 0)
        {
            throw node.Malformed($"{x} does not split into {groups} groups of channels");
        }

        GuardScaled(node, node.Opset >= 21 ? x.Dimensions[1] : groups);
    }

    private static void GuardLayer(NodeFacts node)
    {
        Guards.Real(node, 0);
        node.AxisAttribute(-1, node.Shape(0).Rank);
        Guards.Same(node, 0, 1);
        Guards.Stretches(node, 1, node.Shape(0));
        if (node.Has(2))
        {
            Guards.Same(node, 0, 2);
            Guards.Stretches(node, 2, node.Shape(0));
        }
    }

    private static void GuardLocalResponse(NodeFacts node)
    {
        Guards.Real(node, 0);
        Guards.Rank(node, 0, 2);
        if (node.Int("size", 0) is < 1 or > int.MaxValue)
        {
            throw node.Malformed($"a size of {node.Int("size", 0)} channels makes no sense");
        }
    }

    private static void GuardLp(NodeFacts node)
    {
        Guards.Real(node, 0);
        node.AxisAttribute(-1, node.Shape(0).Rank);
        if (node.Int("p", 2) is long p and not (1 or 2))
        {
            throw node.Malformed($"norm {p} is neither 1 nor 2");
        }
    }

    private static void GuardMeanVariance(NodeFacts node)
    {
        Guards.Real(node, 0);
        node.Axes(node.Ints("axes") ?? [0, 2, 3], node.Shape(0).Rank);
    }
}
