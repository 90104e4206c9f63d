using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates.Depthwise;

namespace Attune.Kernels.Templates.BrainFloats;

/// <summary>Depthwise convolutions of brain floats.</summary>
internal sealed class DepthwiseBrainFloatTemplate : NarrowDepthwiseTemplate<BFloat16Workload>
{
    public override string Name => "depthwise-bf16";

    protected override float[] Floats(StoredWeights weights) => weights.Widen();

    protected override (LoopProgram Program, int Units) Program(BFloat16Workload workload, Configuration configuration, KernelSignature signature) =>
        DepthwiseBrainFloatProgram.Build(workload, configuration, signature);
}
