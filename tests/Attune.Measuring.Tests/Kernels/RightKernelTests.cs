using Attune.Kernels.Backends;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring.Kernels;

namespace Attune.Measuring.Tests.Kernels;

/// <summary>
/// The gate has no false alarms: kernels that are right pass on every kind of input, with guards, poison and NaN in the lanes past the last channel.
/// </summary>
public sealed class RightKernelTests
{
    private static readonly int Lanes = HostTarget.Widest.Lanes;

    public static TheoryData<string> Keys() =>
    [
        $"conv2d/1x3x17x15/21x3x3/s2x2/p1,1,1,1/d1x1/g1/planar-blocked/v{Lanes}",
        $"conv2d/2x{Lanes}x9x7/{2 * Lanes}x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v{Lanes}",
        $"conv2d/1x{2 * Lanes}x12x13/{Lanes + 5}x3x3/s2x2/p0,0,1,1/d1x1/g1/blocked-blocked/v{Lanes}",
        $"conv2d/1x{Lanes}x9x9/{Lanes}x5x5/s1x1/p2,2,2,2/d1x1/g1/blocked-blocked/v{Lanes}",
        $"conv2d/1x{Lanes + 3}x6x5/{Lanes + 1}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{Lanes}",
        $"conv2d/1x{4 * Lanes}x7x7/{3 * Lanes}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{Lanes}",
        $"conv2d/1x{2 * Lanes}x8x8/{2 * Lanes}x3x3/s1x1/p2,2,2,2/d2x2/g2/blocked-blocked/v{Lanes}",
        $"dense/1x37x1x1/{(3 * Lanes) - 1}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{Lanes}",
        $"dense/1x{4 * Lanes}x1x19/{(2 * Lanes) + 3}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{Lanes}",
        $"dense/1x{4 * Lanes}x1x9/{2 * Lanes}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{Lanes}/f16",
        $"dense/1x{4 * Lanes}x1x2/{2 * Lanes}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{Lanes}/i8",
        $"conv2dq8/1x{(2 * Lanes) + 3}x9x8/{Lanes + 5}x3x3/s1x1/p1,1,1,1/d1x1/g1/channelslast-channelslast/v{Lanes}/i8",
        $"conv2dq8/1x3x17x15/{2 * Lanes}x3x3/s2x2/p1,1,1,1/d1x1/g1/channelslast-channelslast/v{Lanes}/i8",
        $"conv2dq8/1x{2 * Lanes}x8x8/{2 * Lanes}x3x3/s1x1/p1,1,1,1/d1x1/g2/channelslast-channelslast/v{Lanes}/i8",
        $"denseq8f/1x{4 * Lanes}x1x9/{(2 * Lanes) - 3}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{Lanes}/i8",
        $"depthwise2dq8/1x{Lanes + 2}x11x9/{Lanes + 2}x3x3/s2x2/p1,1,1,1/d1x1/g{Lanes + 2}/channelslast-channelslast/v{Lanes}/i8",
        $"depthwise2d/1x{Lanes + 2}x11x9/{Lanes + 2}x3x3/s2x2/p1,1,1,1/d1x1/g{Lanes + 2}/blocked-blocked/v{Lanes}",
        $"depthwise2d/1x{Lanes + 4}x8x8/{Lanes + 4}x3x3/s1x1/p1,1,1,1/d1x1/g{Lanes + 4}/blocked-blocked/v{Lanes}+conv2d/1x{Lanes + 4}x8x8/"
        + $"{Lanes + 9}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{Lanes}",
    ];

    [Theory]
    [MemberData(nameof(Keys))]
    [Trait(Category.Name, Category.Slow)]
    public void Right_kernels_pass_on_every_kind_of_input(string key)
    {
        WeightedWorkload workload = WeightedWorkload.TryParse(key).ShouldNotBeNull();
        Space space = KernelTemplates.CreateSpace(workload, HostTarget.Of(workload.Lanes));
        var random = new Random(11);
        IEnumerable<long> drawn = Enumerable.Range(0, 4000).Select(_ => random.NextInt64(space.Count)).Where(space.IsValid).Take(12);
        using var factory = new KernelCandidateFactory(1 << 16);
        foreach (long point in (long[])[KernelTemplates.DefaultIndex(workload, space, HostTarget.Of(workload.Lanes)), .. KernelTemplates.SuggestedIndices(
            workload, space, HostTarget.Of(workload.Lanes), 2), .. drawn])
        {
            int threads = 1 + (int)(point % 2);
            CandidateResult built = factory.Build(key, space[point].ToLabels(), threads);
            if (built.Candidate is not { } candidate)
            {
                continue;
            }

            using (candidate)
            {
                for (int number = 0; number < ProbeInput.Kinds; number++)
                {
                    candidate.Renew(number);
                    Verdict verdict = candidate.Check();
                    verdict.IsCorrect.ShouldBeTrue($"{space[point]}, {threads} threads, input {number}: {verdict}");
                    candidate.Inspect(thorough: true).IsCorrect.ShouldBeTrue($"{space[point]}: {candidate.Inspect(thorough: true)}");
                }
            }
        }
    }

    [Fact]
    public void Weights_differ_from_one_packing_to_the_next_and_so_do_inputs()
    {
        string key = $"conv2d/1x{Lanes}x9x7/{2 * Lanes}x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v{Lanes}";
        WeightedWorkload workload = WeightedWorkload.TryParse(key)!;
        using IBackend backend = BackendCatalog.Open(DeviceName.Cpu).Value!;
        using var data = new TaskData(backend, workload);
        long direct = KernelTemplates.DefaultIndex(workload, data.Space, HostTarget.Of(workload.Lanes));
        long other = KernelTemplates.SuggestedIndices(workload, data.Space, HostTarget.Of(workload.Lanes)).First(
            index => WeightPacking.FormOf(workload, data.Space[index]) != WeightPacking.FormOf(workload, data.Space[direct]));
        ulong first = data.Pack(data.Space[direct], 0).Memory.Fingerprint();
        data.Pack(data.Space[direct], 0).Memory.Fingerprint().ShouldBe(first, "nothing is packed twice for one form");
        data.Pack(data.Space[other], 0);
        data.Pack(data.Space[direct], 0).Memory.Fingerprint().ShouldNotBe(first);

        HashSet<ulong> inputs = [];
        for (int seed = 0; seed < 20; seed++)
        {
            data.Renew(ProbeKind.Ordinary, seed);
            inputs.Add(data.Input.Fingerprint());
        }

        inputs.Count.ShouldBe(20);
    }
}
