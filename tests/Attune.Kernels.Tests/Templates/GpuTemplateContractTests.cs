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

public sealed class LargeKernelTests
{
    [Fact]
    public void Where_no_group_holds_a_whole_kernel_the_default_is_still_valid()
    {
        KernelTarget small = SampleGpu.Of(new GroupLimits(64, 4 << 10, 16));
        var w = (ConvolutionWorkload)WeightedWorkload.TryParse("conv2d/1x3x96x96/4x64x64/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1")!;
        var template = new TiledTemplate(isDepthwise: false);
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

public sealed class PlainTemplateContractTests : GpuTemplateContract
{
    internal override ITemplate Template { get; } = new PlainTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        "conv2d/2x6x8x5/9x3x3/s1x2/p1,1,1,1/d1x1/g3/blocked-planar/v1",
        "depthwise2d/1x5x7x7/5x3x3/s1x1/p1,1,1,1/d1x1/g5/blocked-blocked/v1",
        "dense/1x24x1x6/20x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1");
}
