using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Depthwise;
using Attune.Kernels.Templates.Direct;
using Attune.Kernels.Templates.Pair;
using Attune.Kernels.Templates.Strassen;
using Attune.Kernels.Templates.Winograd;

namespace Attune.Kernels.Tests.Templates;

public sealed class DirectTemplateContractTests : PartitionedTemplateContract
{
    internal override ITemplate Template => DirectTemplate.Instance;

    internal override IReadOnlyList<Workload> Workloads(int lanes) => Parsed(
        $"conv2d/1x{lanes}x8x9/{lanes * 2}x3x3/s2x2/p1,1,1,1/d1x1/g1/blocked-blocked/v{lanes}",
        $"conv2d/1x3x11x9/{lanes}x5x5/s2x2/p2,2,2,2/d1x1/g1/planar-blocked/v{lanes}",
        $"dense/1x{lanes + 3}x1x3/{(lanes * 2) + 1}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}");

    internal static IReadOnlyList<Workload> Parsed(params string[] keys) => [.. keys.Select(key => WeightedWorkload.TryParse(key).ShouldNotBeNull(key))];
}

public abstract class WinogradTemplateContract(int outputs) : PartitionedTemplateContract
{
    internal override ITemplate Template { get; } = new WinogradTemplate(outputs);

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        $"conv2d/1x{lanes}x9x11/{lanes * 2}x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v{lanes}",
        $"conv2d/1x{lanes}x12x10/{lanes}x3x3/s2x2/p0,0,1,1/d1x1/g1/blocked-blocked/v{lanes}");
}

public sealed class WinogradTemplateContractTests() : WinogradTemplateContract(2);

public sealed class LargeWinogradTemplateContractTests() : WinogradTemplateContract(4);

public abstract class StrassenTemplateContract(int levels) : PartitionedTemplateContract
{
    internal override ITemplate Template { get; } = new StrassenTemplate(levels);

    internal override IReadOnlyList<Workload> Workloads(int lanes) =>
        DirectTemplateContractTests.Parsed($"conv2d/1x{lanes * 4}x8x8/{lanes * 4}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{lanes}");
}

public sealed class StrassenTemplateContractTests() : StrassenTemplateContract(1);

public sealed class DeepStrassenTemplateContractTests() : StrassenTemplateContract(2);

public sealed class DepthwiseTemplateContractTests : PartitionedTemplateContract
{
    internal override ITemplate Template => DepthwiseTemplate.Instance;

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        $"depthwise2d/1x{lanes * 3}x12x10/{lanes * 3}x3x3/s1x1/p1,1,1,1/d1x1/g{lanes * 3}/blocked-blocked/v{lanes}",
        $"depthwise2d/2x{lanes + 2}x11x13/{lanes + 2}x5x5/s2x2/p2,2,2,2/d1x1/g{lanes + 2}/blocked-blocked/v{lanes}");
}

public sealed class DepthwisePointwiseTemplateContractTests : PartitionedTemplateContract
{
    internal override ITemplate Template => DepthwisePointwiseTemplate.Instance;

    internal override IReadOnlyList<Workload> Workloads(int lanes) => DirectTemplateContractTests.Parsed(
        $"depthwise2d/1x{lanes * 2}x7x7/{lanes * 2}x3x3/s1x1/p1,1,1,1/d1x1/g{lanes * 2}/blocked-blocked/v{lanes}"
        + $"+conv2d/1x{lanes * 2}x7x7/{lanes * 2}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{lanes}");
}
