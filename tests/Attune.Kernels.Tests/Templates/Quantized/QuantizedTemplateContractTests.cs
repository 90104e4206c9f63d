using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Quantized;

namespace Attune.Kernels.Tests.Templates.Quantized;

public sealed class IntegerTemplateContractTests : QuantizedTemplateContract
{
    internal override ITemplate Template { get; } = new IntegerTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        $"conv2dq8/1x{lanes}x8x9/{lanes * 2}x3x3/s2x2/p1,1,1,1/d1x1/g1/channelslast-channelslast/v{lanes}/i8",
        $"conv2dq8/1x3x11x9/{lanes}x5x5/s2x2/p2,2,2,2/d1x1/g1/channelslast-channelslast/v{lanes}/i8",
        $"conv2dq8f/2x{lanes + 6}x5x7/{lanes + 1}x1x3/s1x1/p0,1,0,1/d1x1/g1/channelslast-channelslast/v{lanes}/i8",
        $"conv2dq8/1x{lanes * 2}x6x5/{lanes * 2}x3x1/s1x1/p2,0,2,0/d2x1/g2/channelslast-channelslast/v{lanes}/i8",
        $"denseq8/1x{lanes * 2}x1x3/{(lanes * 2) + 1}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}/i8",
        $"denseq8f/1x{lanes + 3}x1x1/{lanes * 2}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}/i8");
}

public sealed class DepthwiseBytesTemplateContractTests : QuantizedTemplateContract
{
    internal override ITemplate Template { get; } = new DepthwiseBytesTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        $"depthwise2dq8/1x{lanes * 3}x12x10/{lanes * 3}x3x3/s1x1/p1,1,1,1/d1x1/g{lanes * 3}/channelslast-channelslast/v{lanes}/i8",
        $"depthwise2dq8f/2x{lanes + 2}x11x13/{lanes + 2}x5x5/s2x2/p2,2,2,2/d1x1/g{lanes + 2}/channelslast-channelslast/v{lanes}/i8");
}
