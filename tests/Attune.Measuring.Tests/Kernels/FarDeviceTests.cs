using System.Collections.Immutable;
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
