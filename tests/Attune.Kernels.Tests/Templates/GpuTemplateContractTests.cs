using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;

namespace Attune.Kernels.Tests.Templates;

/// <summary>Templates for groups and lanes, computed by the interpreter, which finds races and barriers that not all lanes reach.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public abstract class GpuTemplateContract : WeightedTemplateContract
{
    internal override IReadOnlyList<KernelTarget> Targets =>
    [
        SampleGpu.Of(new GroupLimits(1024, 48 << 10, 32)),
        SampleGpu.Of(new GroupLimits(64, 4 << 10, 16) { MaxLanesZ = 8 }),
    ];
}

public sealed class TiledTemplateContractTests : GpuTemplateContract
{
    internal override ITemplate Template { get; } = new TiledTemplate(isDepthwise: false);

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        "conv2d/1x6x8x6/8x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1",
        "conv2d/2x4x9x11/6x3x5/s2x1/p1,2,0,2/d1x1/g1/planar-blocked/v1",
        "conv2d/1x3x9x9/4x3x3/s1x1/p2,2,2,2/d2x2/g1/blocked-planar/v1",
        "dense/1x24x1x6/20x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1");
}

public sealed class GemmTemplateContractTests : GpuTemplateContract
{
    internal override ITemplate Template { get; } = new GemmTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        "conv2d/1x12x7x7/13x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1",
        "conv2d/2x5x9x11/7x3x5/s2x1/p1,2,0,2/d1x1/g1/planar-blocked/v1",
        "conv2d/1x4x9x8/6x3x3/s1x2/p2,1,2,1/d2x1/g2/blocked-planar/v1",
        "dense/1x19x1x5/21x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1",
        "conv2d/2x4x3x8/12x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1",
        "dense/1x12x1x6/20x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1");
}

public sealed class FusedPairTemplateContractTests : GpuTemplateContract
{
    internal override ITemplate Template { get; } = new FusedPairTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        "depthwise2d/1x8x4x6/8x3x3/s1x1/p1,1,1,1/d1x1/g8/blocked-blocked/v1+conv2d/1x8x4x6/12x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1",
        "depthwise2d/2x5x9x7/5x5x3/s2x1/p2,1,2,1/d1x1/g5/blocked-blocked/v1+conv2d/2x5x5x7/6x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1");
}

public sealed class DenseTemplateContractTests : GpuTemplateContract
{
    internal override ITemplate Template { get; } = new DenseTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        "dense/1x60x1x1/13x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1",
        "dense/1x18x1x5/7x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1");
}

/// <summary>Image tiles that divide the output and that do not, no padding, uneven padding, images that are no squares, outputs smaller than a tile.</summary>
public abstract class ImageTileContract(int outputs) : GpuTemplateContract
{
    internal override IReadOnlyList<Workload> Workloads(int lanes) =>
    [
        .. DirectTemplateContractTests.Parsed(
            "conv2d/1x4x8x12/6x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1",
            "conv2d/2x3x7x9/4x3x3/s1x1/p0,2,1,0/d1x1/g1/planar-blocked/v1",
            "conv2d/1x2x5x3/8x3x3/s1x1/p0,0,0,0/d1x1/g1/blocked-planar/v1"),
        .. outputs == 2 ? DirectTemplateContractTests.Parsed("conv2d/1x3x6x7/4x5x5/s1x1/p2,2,2,2/d1x1/g1/blocked-blocked/v1") : [],
    ];
}

public sealed class TransformTemplateContractTests() : ImageTileContract(2)
{
    internal override ITemplate Template { get; } = new TransformTemplate(2);
}

public sealed class LargeTransformTemplateContractTests() : ImageTileContract(4)
{
    internal override ITemplate Template { get; } = new TransformTemplate(4);
}

public sealed class FusedTransformTemplateContractTests() : ImageTileContract(2)
{
    internal override ITemplate Template { get; } = new FusedTransformTemplate(2);
}

public sealed class LargeFusedTransformTemplateContractTests() : ImageTileContract(4)
{
    internal override ITemplate Template { get; } = new FusedTransformTemplate(4);
}

public sealed class LargeKernelTests
{
    [Fact]
    public void Where_no_group_holds_a_whole_kernel_the_default_is_still_valid()
    {
        KernelTarget small = SampleGpu.Of(new GroupLimits(64, 4 << 10, 16));
        var w = (ConvolutionWorkload)WeightedWorkload.TryParse("conv2d/1x3x96x96/4x64x64/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1")!;
        ITemplate template = new TiledTemplate(isDepthwise: false);
        Space space = template.CreateSpace(w, small);
        space.IsValid(template.Default(w, space, small)).ShouldBeTrue();
        template.Suggest(w, space, small, threads: 1).ShouldBeEmpty();
    }
}

public sealed class TiledDepthwiseTemplateContractTests : GpuTemplateContract
{
    internal override ITemplate Template { get; } = new TiledTemplate(isDepthwise: true);

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        "depthwise2d/1x12x8x6/12x3x3/s1x1/p1,1,1,1/d1x1/g12/blocked-blocked/v1",
        "depthwise2d/2x6x11x13/6x5x3/s2x2/p2,1,2,1/d1x1/g6/blocked-blocked/v1");
}

public sealed class SpatialTemplateContractTests : GpuTemplateContract
{
    internal override ITemplate Template { get; } = new SpatialTemplate(isDepthwise: false);

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        "conv2d/1x6x8x12/16x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1",
        "conv2d/2x4x9x11/6x3x5/s2x1/p1,2,0,2/d1x1/g1/planar-blocked/v1",
        "conv2d/1x5x9x8/12x3x2/s1x2/p2,1,2,1/d2x1/g1/blocked-planar/v1");
}

public sealed class SpatialDepthwiseTemplateContractTests : GpuTemplateContract
{
    internal override ITemplate Template { get; } = new SpatialTemplate(isDepthwise: true);

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        "depthwise2d/1x12x8x12/12x3x3/s1x1/p1,1,1,1/d1x1/g12/blocked-blocked/v1",
        "depthwise2d/2x6x11x13/6x5x3/s2x2/p2,1,2,1/d1x1/g6/blocked-blocked/v1");
}

/// <summary>Kernels of whole strides and others, strides longer than the kernel, uneven padding, rows and columns more, several images, one axis.</summary>
public sealed class TransposedTemplateContractTests : GpuTemplateContract
{
    internal override ITemplate Template { get; } = new TransposedTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        "transposed2d/1x6x5x4/8x4x4/s2x2/p1,1,1,1/d1x1/g1/o0x0/blocked-blocked/v1",
        "transposed2d/2x5x4x5/6x3x3/s2x2/p1,1,1,1/d1x1/g1/o1x1/planar-blocked/v1",
        "transposed2d/1x4x3x4/5x5x2/s3x1/p0,1,2,0/d1x1/g1/o2x0/blocked-planar/v1",
        "transposed2d/1x3x4x3/4x2x3/s3x2/p0,0,0,0/d1x1/g1/o1x1/blocked-blocked/v1",
        "transposed2d/1x8x1x12/6x1x8/s1x4/p0,2,0,2/d1x1/g1/o0x0/blocked-blocked/v1");
}

public sealed class PlainTemplateContractTests : GpuTemplateContract
{
    internal override ITemplate Template { get; } = new PlainTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        "conv2d/2x6x8x5/9x3x3/s1x2/p1,1,1,1/d1x1/g3/blocked-planar/v1",
        "depthwise2d/1x5x7x7/5x3x3/s1x1/p1,1,1,1/d1x1/g5/blocked-blocked/v1",
        "transposed2d/2x6x4x5/9x3x2/s2x3/p1,0,0,1/d2x1/g3/o1x0/blocked-planar/v1",
        "dense/1x24x1x6/20x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1");
}
