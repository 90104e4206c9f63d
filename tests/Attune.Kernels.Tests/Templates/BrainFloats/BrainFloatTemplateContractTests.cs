using Attune.Kernels.Templates;
using Attune.Kernels.Templates.BrainFloats;

namespace Attune.Kernels.Tests.Templates.BrainFloats;

public sealed class BrainFloatTemplateContractTests : BrainFloatTemplateContract
{
    internal override ITemplate Template { get; } = new BrainFloatTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        $"conv2dbf16/1x{lanes}x8x9/{lanes * 2}x3x3/s2x2/p1,1,1,1/d1x1/g1/channelslast-channelslast/v{lanes}/bf16",
        $"conv2dbf16/1x3x11x9/{lanes}x5x5/s2x2/p2,2,2,2/d1x1/g1/channelslast-channelslast/v{lanes}/bf16",
        $"conv2dbf16f/2x{lanes + 5}x5x7/{lanes + 1}x1x3/s1x1/p0,1,0,1/d1x1/g1/channelslast-channelslast/v{lanes}/bf16",
        $"conv2dbf16/1x{lanes * 2}x6x5/{lanes * 2}x3x1/s1x1/p2,0,2,0/d2x1/g2/channelslast-channelslast/v{lanes}/bf16",
        $"densebf16/1x{lanes * 2}x1x3/{(lanes * 2) + 1}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}/bf16",
        $"densebf16f/1x{lanes + 3}x1x1/{lanes * 2}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}/bf16");
}

public sealed class DepthwiseBrainFloatTemplateContractTests : BrainFloatTemplateContract
{
    internal override ITemplate Template { get; } = new DepthwiseBrainFloatTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        $"depthwise2dbf16/1x{lanes * 3}x12x10/{lanes * 3}x3x3/s1x1/p1,1,1,1/d1x1/g{lanes * 3}/channelslast-channelslast/v{lanes}/bf16",
        $"depthwise2dbf16f/2x{lanes + 2}x11x13/{lanes + 2}x5x5/s2x2/p2,2,2,2/d1x1/g{lanes + 2}/channelslast-channelslast/v{lanes}/bf16");
}
