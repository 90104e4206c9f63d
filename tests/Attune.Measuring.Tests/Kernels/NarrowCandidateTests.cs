using Attune.Kernels.Backends;
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

    [NeedingTheory(Need.OpenCl)]
    [InlineData("conv2d/1x20x6x6/24x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1/f16")]
    [InlineData("conv2d/2x13x5x3/7x1x1/s1x1/p0,0,0,0/d1x1/g1/planar-blocked/v1/i8")]
    [InlineData("dense/1x84x1x13/30x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1/f16")]
    [InlineData("dense/1x77x1x45/30x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1/i8")]
    public void Candidates_on_a_device_are_too(string key)
    {
        DeviceProfile device = DeviceProfile.Find(DeviceName.OpenCl(0)).OrThrow(reason => new InvalidOperationException(reason));
        Space space = KernelTemplates.CreateSpace(WeightedWorkload.TryParse(key)!, device.Target);
        using var factory = new KernelCandidateFactory(1 << 16, clock: null, device.Name);
        var random = new Random(5);
        foreach (SpacePart part in space.Parts)
        {
            int right = 0;
            foreach (long point in Enumerable.Range(0, 1000).Select(_ => random.NextInt64(part.Space.Count)).Where(part.Space.IsValid).Take(8))
            {
                using ICandidate? candidate = factory.Build(key, space[part.First + point].ToLabels(), threads: 1).Candidate;
                for (int number = 0; candidate is not null && number < ProbeInput.Kinds; number++)
                {
                    candidate.Renew(number);
                    Verdict verdict = candidate.Check();
                    verdict.IsCorrect.ShouldBeTrue($"{space[part.First + point]}: {verdict}");
                    right++;
                }
            }

            right.ShouldBeGreaterThan(0, part.Name);
        }
    }
}
