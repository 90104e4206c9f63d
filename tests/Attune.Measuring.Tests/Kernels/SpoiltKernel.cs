using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring.Kernels;

namespace Attune.Measuring.Tests.Kernels;

/// <summary>A kernel that is right at first, and then does damage to its operands.</summary>
internal static class SpoiltKernel
{
    /// <summary>Does damage to the operands of a kernel.</summary>
    /// <param name="table">Its buffers.</param>
    public unsafe delegate void Damage(float** table);

    /// <summary>True when the gate finds nothing wrong with a default kernel once it is spoilt; before that it must not.</summary>
    /// <param name="key">Its task.</param>
    /// <param name="target">What it is generated for.</param>
    /// <param name="halfOfUnits">Spoilt, it leaves half of its work undone.</param>
    /// <param name="damage">What it does besides.</param>
    public static unsafe bool Passes(string key, KernelTarget target, bool halfOfUnits, Damage damage)
    {
        WeightedWorkload workload = WeightedWorkload.TryParse(key).ShouldNotBeNull();
        Space space = KernelTemplates.CreateSpace(workload, target);
        long index = KernelTemplates.DefaultIndex(workload, space, target);
        bool spoils = false;
        using var factory = new KernelCandidateFactory(1 << 12)
        {
            Plant = (_, phases) =>
            [
                .. phases.Select(phase => halfOfUnits
                    ? new KernelPhase((table, begin, end) => phase.Entry(table, begin, spoils ? begin + ((end - begin) / 2) : end), phase.Units)
                    : phase),
                new KernelPhase((table, _, _) =>
                {
                    if (spoils)
                    {
                        damage(table);
                    }
                }, 1),
            ],
        };
        using ICandidate candidate = factory.Build(key, space[index].ToLabels(), threads: 1).Candidate.ShouldNotBeNull();
        candidate.Renew(0);
        candidate.Check().IsCorrect.ShouldBeTrue("unspoilt");
        spoils = true;
        candidate.Renew(3);
        return candidate.Check().IsCorrect && candidate.Inspect(thorough: true).IsCorrect;
    }
}
