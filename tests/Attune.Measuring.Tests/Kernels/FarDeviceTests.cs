using System.Collections.Immutable;
using Attune.Contracts.Backends;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring.Kernels;

namespace Attune.Measuring.Tests.Kernels;

/// <summary>Kernels on a device with memory of its own are measured and judged as those of the processor are.</summary>
public sealed class FarDeviceTests
{
    private static readonly int Lanes = HostTarget.Widest.Lanes;
    private static readonly string Key = $"conv2d/1x{Lanes}x9x7/{2 * Lanes}x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v{Lanes}";

    [Fact]
    public void Right_kernels_pass_on_every_kind_of_input()
    {
        using var factory = new KernelCandidateFactory(1 << 16) { Backend = new FarBackend() };
        foreach (long index in Points())
        {
            using ICandidate candidate = Build(factory, index);
            for (int number = 0; number < ProbeInput.Kinds; number++)
            {
                candidate.Renew(number);
                candidate.Check().IsCorrect.ShouldBeTrue();
            }

            candidate.Run(3).ShouldBeGreaterThan(0);
            candidate.Inspect(thorough: true).IsCorrect.ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("transposed2d/1x6x5x4/8x3x3/s2x2/p1,1,1,1/d1x1/g1/o1x1/blocked-blocked/v1")]
    [InlineData("transposed2d/1x6x4x5/9x3x2/s2x3/p1,0,0,1/d2x1/g3/o1x0/blocked-blocked/v1")]
    public void Right_transposed_convolutions_pass_on_a_device_of_groups(string key)
    {
        WeightedWorkload workload = WeightedWorkload.TryParse(key).ShouldNotBeNull();
        var backend = new InterpretedBackend();
        Space space = KernelTemplates.CreateSpace(workload, backend.Target);
        using var factory = new KernelCandidateFactory(1 << 12) { Backend = backend };
        foreach (SpacePart part in space.Parts)
        {
            long index = part.First + TemplateRegistry.Named(part.Name)!.Default(workload, part.Space, backend.Target);
            using ICandidate candidate = factory.Build(key, space[index].ToLabels(), 1).Candidate.ShouldNotBeNull();
            for (int number = 0; number < ProbeInput.Kinds; number++)
            {
                candidate.Renew(number);
                candidate.Check().IsCorrect.ShouldBeTrue($"{space[index]}, input {number}: {candidate.Check()}");
            }
        }
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(48, 72)]
    public void Weights_of_a_large_model_are_rotated_beyond_the_last_cache(int cache, int least)
    {
        using var backend = new FarBackend { CacheBytes = (long)cache << 20 };
        using var factory = new KernelCandidateFactory(8 << 20) { Backend = backend };
        string key = $"dense/1x1024x1x1/1024x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{Lanes}";
        Space space = KernelTemplates.CreateSpace(WeightedWorkload.TryParse(key)!, HostTarget.Widest);
        using ICandidate candidate = factory.Build(key, space[0].ToLabels(), threads: 1).Candidate.ShouldNotBeNull();
        backend.LargestBytes.ShouldBeInRange((long)least << 20, (long)(least + 1) << 20);
    }

    [Theory]
    [InlineData("output")]
    [InlineData("zone")]
    [InlineData("input")]
    [InlineData("weights")]
    [InlineData("zone of the weights")]
    [InlineData("zone of the workspace")]
    [InlineData("zone of the scratch")]
    public unsafe void Wrong_kernels_are_found_there(string what)
    {
        ImmutableArray<KernelPhase> Spoil(long index, ImmutableArray<KernelPhase> phases) => phases.Add(new KernelPhase(
            (table, _, _) =>
            {
                float* spoilt = what switch
                {
                    "output" => table[4] + 3,
                    "zone" => table[4] - 1,
                    "input" => table[0] + 5,
                    "zone of the weights" => table[1] - 1,
                    "zone of the workspace" => table[CompiledKernel.SharedSlot] - 1,
                    "zone of the scratch" => table[CompiledKernel.ScratchSlot] - 1,
                    _ => table[1] + 7,
                };

                // Some inputs are so large that no finite number would be an error.
                *spoilt = float.PositiveInfinity;
            },
            1));
        using var factory = new KernelCandidateFactory(1 << 16) { Backend = new FarBackend(), Plant = Spoil };
        using ICandidate candidate = Build(factory, Points()[0]);
        candidate.Renew(1);
        Verdict verdict = candidate.Check();
        (verdict.IsCorrect ? candidate.Inspect(thorough: true) : verdict).IsCorrect.ShouldBeFalse();
    }

    private static ICandidate Build(KernelCandidateFactory factory, long index) =>
        factory.Build(Key, Space()[index].ToLabels(), 1).Candidate.ShouldNotBeNull();

    private static Space Space() => KernelTemplates.CreateSpace(WeightedWorkload.TryParse(Key)!, HostTarget.Widest);

    private static long[] Points()
    {
        WeightedWorkload workload = WeightedWorkload.TryParse(Key)!;
        return [KernelTemplates.DefaultIndex(workload, Space(), HostTarget.Widest), .. KernelTemplates.SuggestedIndices(
            workload, Space(), HostTarget.Widest).Take(4)];
    }
}
