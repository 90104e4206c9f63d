using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates.Direct;

namespace Attune.Kernels.Templates.Quantized;

/// <summary>Convolutions and matrix products of bytes, summed up as integers.</summary>
internal sealed class IntegerTemplate : NeighbourTemplate<QuantizedWorkload, sbyte>
{
    public override string Name => "integer";

    protected override (LoopProgram Program, int Units) Program(QuantizedWorkload workload, Configuration configuration, KernelSignature signature) =>
        IntegerProgram.Build(workload, configuration, signature);
}
