using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Tiles;
using Attune.Kernels.Tests.Templates.BrainFloats;
using Attune.Kernels.Tests.Templates.Quantized;

namespace Attune.Kernels.Tests.Templates.Tiles;

/// <summary>Layers of bytes by matrix tiles; where the processor has none, kernels are interpreted.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class ByteTileTemplateContractTests : QuantizedTemplateContract
{
    internal override ITemplate Template { get; } = new ByteTileTemplate();

    internal override IReadOnlyList<KernelTarget> Targets => [TileTarget.Widest];

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        $"conv2dq8/1x64x8x18/33x3x3/s1x1/p1,1,1,1/d1x1/g1/channelslast-channelslast/v{lanes}/i8",
        $"conv2dq8/1x3x11x9/{lanes}x5x5/s2x2/p2,2,2,2/d1x1/g1/channelslast-channelslast/v{lanes}/i8",
        $"conv2dq8f/2x22x5x7/17x1x3/s1x1/p0,1,0,1/d1x1/g1/channelslast-channelslast/v{lanes}/i8",
        $"conv2dq8/1x16x9x21/16x3x3/s1x2/p2,1,2,1/d2x1/g1/channelslast-channelslast/v{lanes}/i8",
        $"conv2dq8/1x96x5x7/48x1x1/s1x1/p0,0,0,0/d1x1/g1/channelslast-channelslast/v{lanes}/i8",
        $"denseq8/1x72x1x19/33x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}/i8",
        $"denseq8f/1x19x1x1/32x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}/i8");
}

/// <summary>Layers of brain floats by matrix tiles; where the processor has none, kernels are interpreted.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class BrainFloatTileTemplateContractTests : BrainFloatTemplateContract
{
    internal override ITemplate Template { get; } = new BrainFloatTileTemplate();

    internal override IReadOnlyList<KernelTarget> Targets => [TileTarget.Widest];

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        $"conv2dbf16/1x32x8x18/33x3x3/s1x1/p1,1,1,1/d1x1/g1/channelslast-channelslast/v{lanes}/bf16",
        $"conv2dbf16/1x3x11x9/{lanes}x5x5/s2x2/p2,2,2,2/d1x1/g1/channelslast-channelslast/v{lanes}/bf16",
        $"conv2dbf16f/2x21x5x7/17x1x3/s1x1/p0,1,0,1/d1x1/g1/channelslast-channelslast/v{lanes}/bf16",
        $"densebf16/1x32x1x19/33x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}/bf16",
        $"densebf16f/1x19x1x1/32x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}/bf16");
}
