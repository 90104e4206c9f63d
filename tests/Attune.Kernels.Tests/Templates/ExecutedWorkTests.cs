using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates;

public sealed class ExecutedWorkTests
{
    /// <summary>
    /// Multiplications per output, from the algorithms' definitions: F(m x m, r x r) needs (m + r - 1)^2 for m^2 r^2, Strassen's 7 for 8 and 49 for 64.
    /// The sizes are multiples of every tile, so that a point without waste exists.
    /// </summary>
    [Theory]
    [InlineData("conv2d/1x32x16x16/32x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v8", "winograd2", 16, 36)]
    [InlineData("conv2d/1x32x16x16/32x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v8", "winograd4", 36, 144)]
    [InlineData("conv2d/1x32x32x32/32x3x3/s2x2/p1,1,1,1/d1x1/g1/blocked-blocked/v8", "winograd2", 25, 36)]
    [InlineData("conv2d/1x32x32x32/32x3x3/s2x2/p1,1,1,1/d1x1/g1/blocked-blocked/v8", "winograd4", 81, 144)]
    [InlineData("conv2d/1x32x16x16/32x5x5/s1x1/p2,2,2,2/d1x1/g1/blocked-blocked/v8", "winograd2", 36, 100)]
    [InlineData("conv2d/1x64x16x16/64x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v8", "strassen", 7, 8)]
    [InlineData("conv2d/1x64x16x16/64x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v8", "strassen2", 49, 64)]
    [InlineData("conv2d/1x64x16x16/64x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v8", "direct", 1, 1)]
    public void Multiplications_are_saved_as_the_algorithm_says(string key, string algorithm, int executed, int direct)
    {
        ConvolutionWorkload workload = ConvolutionWorkload.TryParse(key)!;
        long[] counts = [.. Points(workload).Where(point => ExecutedWork.Algorithm(point) == algorithm).Select(
            point => ExecutedWork.Flops(workload, point)).Distinct()];
        counts.ShouldNotBeEmpty();
        counts.Min().ShouldBe(workload.Flops * executed / direct, "the point without waste");
        counts.Max().ShouldBeLessThan(4 * workload.Flops * executed / direct, "whole tiles at the edges are waste, but a limited one");
    }

    [Theory]
    [InlineData("depthwise2d/1x24x12x10/24x3x3/s1x1/p1,1,1,1/d1x1/g24/blocked-blocked/v8", "depthwise")]
    [InlineData("dense/1x43x1x1/33x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v8", "direct")]
    public void Other_templates_execute_every_multiplication(string key, string algorithm)
    {
        ConvolutionWorkload workload = ConvolutionWorkload.TryParse(key)!;
        foreach (Configuration point in Points(workload))
        {
            ExecutedWork.Algorithm(point).ShouldBe(algorithm);
            ExecutedWork.Flops(workload, point).ShouldBe(workload.Flops);
        }
    }

    private static IEnumerable<Configuration> Points(ConvolutionWorkload workload)
    {
        Space space = KernelTemplates.CreateSpace(workload, HostTarget.Of(workload.Lanes));
        var random = new Random(5);
        return Enumerable.Range(0, 200_000).Select(_ => random.NextInt64(space.Count)).Where(space.IsValid).Take(6000).Select(index => space[index]);
    }
}
