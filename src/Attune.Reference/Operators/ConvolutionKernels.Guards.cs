using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <content>Conditions on data, weights and windows.</content>
internal static partial class ConvolutionKernels
{
    /// <summary>Window and groups of a convolution.</summary>
    /// <param name="node">The node.</param>
    /// <param name="x">Shape of the data.</param>
    /// <param name="w">Shape of the weights.</param>
    /// <param name="bias">Number of elements of the bias, or null.</param>
    public static (SpatialWindow Window, int Groups) Geometry(NodeFacts node, Shape x, Shape w, long? bias)
    {
        SpatialWindow window = SpatialWindow.Of(node, x, KernelShape(node, x, w));
        int groups = Groups(node, w.Dimensions[0]);
        if (x.Dimensions[1] != (Int128)w.Dimensions[1] * groups)
        {
            throw node.Malformed($"{groups} groups of weights {w} do not fit the channels of {x}");
        }

        return bias is null || bias == w.Dimensions[0]
            ? (window, groups)
            : throw node.Malformed($"a bias of {bias} does not fit {w.Dimensions[0]} output channels");
    }

    private static void GuardPlain(NodeFacts node)
    {
        Guards.Real(node, 0);
        Guards.Same(node, 0, 1);
        Geometry(node, node.Shape(0), node.Shape(1), BiasOf(node));
    }

    private static long? BiasOf(NodeFacts node)
    {
        if (!node.Has(2))
        {
            return null;
        }

        Guards.Same(node, 0, 2);
        return node.Shape(2).Count;
    }

    private static void GuardTransposed(NodeFacts node)
    {
        Guards.Real(node, 0);
        Guards.Same(node, 0, 1);
        (SpatialWindow window, int groups) = Unplaced(node);
        PlaceTransposed(node, window);
        long maps = checked(node.Shape(1).Dimensions[1] * groups);
        if (BiasOf(node) is long bias && bias != maps)
        {
            throw node.Malformed($"a bias of {bias} does not fit {maps} output channels");
        }
    }

    private static void GuardIntegers(NodeFacts node)
    {
        Geometry(node, node.Shape(0), node.Shape(1), null);
        Quantisation.GuardCentred(node, 0, 2, 0);
        Quantisation.GuardCentred(node, 1, 3, 0);
    }

    private static void GuardQuantised(NodeFacts node)
    {
        Guards.Present(node, 8);
        (SpatialWindow window, _) = Geometry(node, node.Shape(0), node.Shape(3), node.Has(8) ? node.Shape(8).Count : null);
        Guards.One(node, 1);
        Quantisation.GuardParameters(node, node.Shape(3), 4, 5, 0);
        Quantisation.GuardParameters(node, new Shape([node.Shape(0).Dimensions[0], node.Shape(3).Dimensions[0], .. window.OutputDimensions]), 6, 7, 1);
        Quantisation.GuardCentred(node, 0, 2, 1);
        Quantisation.GuardCentred(node, 3, 5, 0);
        Guards.NotText(node, 8);
    }

    private static (SpatialWindow Window, int Groups) Unplaced(NodeFacts node)
    {
        Shape x = node.Shape(0);
        Shape w = node.Shape(1);
        SpatialWindow window = SpatialWindow.Unplaced(node, x, KernelShape(node, x, w));
        return x.Dimensions[1] == w.Dimensions[0]
            ? (window, Groups(node, w.Dimensions[0]))
            : throw node.Malformed($"weights {w} do not fit the channels of {x}");
    }

    private static long[] KernelShape(NodeFacts node, Shape x, Shape w)
    {
        if (x.Rank != w.Rank || x.Rank < 3)
        {
            throw node.Malformed($"data {x} and weights {w} differ in rank or have no spatial axis");
        }

        long[] own = [.. w.Dimensions.Skip(2)];
        return node.Ints("kernel_shape") is not long[] said || said.SequenceEqual(own) ? own : throw node.Malformed($"kernel_shape contradicts weights {w}");
    }

    private static int Groups(NodeFacts node, long channels)
    {
        long groups = node.Int("group", 1);
        return groups is > 0 and <= int.MaxValue && channels % groups == 0
            ? (int)groups
            : throw node.Malformed($"{channels} channels do not split into {groups} groups");
    }
}
