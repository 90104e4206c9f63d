using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Gpu.Staged;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// The numbers that follow from a depthwise convolution, the pointwise one after it, and a configuration: those of the product, and what the groups compute for
/// it, again for every block of output channels.
/// </summary>
/// <param name="Pair">The two convolutions.</param>
/// <param name="Product">The pointwise convolution as a product.</param>
internal sealed record FusedPairPlan(PairWorkload Pair, GemmPlan Product)
{
    // Of a multiply-add of the depthwise convolution both numbers come from everybody's memory.
    private const double DepthwiseLoads = 2;

    private static readonly StagedShape Basis = new(default, default, 1);

    /// <summary>Multiply-adds that are executed, those of the depthwise convolution as often as groups compute them.</summary>
    public double Products => Product.Products + DepthwiseProducts;

    /// <summary>What decides its speed.</summary>
    public GpuFeatures Features
    {
        get
        {
            GpuFeatures product = Product.Features;
            return product with
            {
                LoadsPerProduct = ((product.LoadsPerProduct * Product.Products) + (DepthwiseLoads * DepthwiseProducts)) / Products,
                GlobalBytes = product.GlobalBytes + (sizeof(float) * DepthwiseProducts),
            };
        }
    }

    private double DepthwiseProducts => Product.RightElements * Taps;

    private int Taps => Pair.First.KernelHeight * Pair.First.KernelWidth;

    /// <summary>The plan of a point.</summary>
    /// <param name="pair">The two convolutions.</param>
    /// <param name="point">A point of a space of <see cref="GemmKnobs"/>.</param>
    public static FusedPairPlan Of(PairWorkload pair, Configuration point) =>
        new(pair, new GemmPlan(ProductExtent.Of(pair.Second), GemmKnobs.Shape(point, Basis)));

    /// <summary>Plans by a rough cost, the cheapest first, with their points.</summary>
    /// <param name="pair">The two convolutions.</param>
    /// <param name="space">The space of the pair.</param>
    /// <param name="limits">Limits of the device.</param>
    public static IEnumerable<Suggestion> Promising(PairWorkload pair, Space space, GroupLimits limits) =>
        GemmPlan.Promising(ProductExtent.Of(pair.Second), Basis, limits)
            .Select(found => new Suggestion(GemmKnobs.IndexOf(space, found.Positions), new FusedPairPlan(pair, found.Plan).Cost(limits.Width)))
            .OrderBy(suggestion => suggestion.Cycles);

    private double Cost(int width) => Features.Cost(Products + Product.Overhead, width);
}
