using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring.Kernels;

namespace Attune.Measuring.Tests.Kernels;

public sealed class NarrowCandidateTests
{
    [Theory]
    [InlineData("dense/1x530x1x1/260x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v8/f16")]
    [InlineData("dense/1x530x1x1/260x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v8/i8")]
    [InlineData("conv2d/1x64x1x49/192x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v8/i8")]
    public void Candidates_are_compared_with_what_the_rounded_weights_give(string key)
    {
        ConvolutionWorkload workload = ConvolutionWorkload.TryParse(key)!;
        Space space = KernelTemplates.CreateSpace(workload, HostTarget.Of(workload.Lanes));
        using var factory = new KernelCandidateFactory(1 << 22);
        long[] points = [KernelTemplates.DefaultIndex(workload, space, HostTarget.Of(workload.Lanes)), .. KernelTemplates.SuggestedIndices(
            workload, space, HostTarget.Of(workload.Lanes))];
        foreach (long point in points)
        {
            // Against the weights before rounding a byte would be off by far more than the gate of 1e-4 allows.
            using ICandidate candidate = factory.Build(key, space[point].ToLabels(), threads: 1).Candidate.ShouldNotBeNull();
            candidate.Check().Error.ShouldBeLessThan(1, space[point].ToString());
        }
    }
}
