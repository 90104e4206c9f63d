using Attune.Kernels.Targets;

namespace Attune.Kernels.Tests.Templates;

/// <summary>Targets of groups and lanes.</summary>
internal static class SampleGpu
{
    public static KernelTarget Of(GroupLimits limits) => new()
    {
        Kind = TargetKind.OpenCl,
        Lanes = 1,
        Instructions = VectorInstructions.FusedMultiplyAdd,
        Groups = limits,
    };
}
