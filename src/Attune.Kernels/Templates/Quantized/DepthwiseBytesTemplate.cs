using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates.Depthwise;

namespace Attune.Kernels.Templates.Quantized;

/// <summary>Depthwise convolutions of bytes.</summary>
internal sealed class DepthwiseBytesTemplate : NarrowDepthwiseTemplate<QuantizedWorkload>
{
    public override string Name => "depthwise-bytes";

    protected override bool Fits(QuantizedWorkload workload) => workload.KernelHeight * workload.KernelWidth <= DepthwiseBytesProgram.MaxTaps;

    /// <summary>The weights without their scales, which the output's numbers contain.</summary>
    protected override float[] Floats(StoredWeights weights) => Array.ConvertAll((sbyte[])weights.Elements, number => (float)number);

    protected override (LoopProgram Program, int Units) Program(QuantizedWorkload workload, Configuration configuration, KernelSignature signature) =>
        DepthwiseBytesProgram.Build(workload, configuration, signature);
}
