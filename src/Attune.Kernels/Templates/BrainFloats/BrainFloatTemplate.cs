using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates.Direct;

namespace Attune.Kernels.Templates.BrainFloats;

/// <summary>Convolutions and matrix products of brain floats, summed up as floats.</summary>
internal sealed class BrainFloatTemplate : NeighbourTemplate<BFloat16Workload, BFloat16>
{
    public override string Name => "bf16";

    protected override (LoopProgram Program, int Units) Program(BFloat16Workload workload, Configuration configuration, KernelSignature signature) =>
        BrainFloatProgram.Build(workload, configuration, signature);
}
