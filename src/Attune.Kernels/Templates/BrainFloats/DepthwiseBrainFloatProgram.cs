using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates.Depthwise;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;

namespace Attune.Kernels.Templates.BrainFloats;

/// <summary>
/// The loops of the depthwise template over brain floats, which are widened as they are loaded: a channel has no neighbour to be added to, so there is nothing
/// for products of pairs. Buffers: 0 input, 1 packed weights (floats), 2 bias, 3 residual, 4 output.
/// </summary>
internal sealed class DepthwiseBrainFloatProgram : DepthwiseProgram
{
    private DepthwiseBrainFloatProgram(BFloat16Workload w, Configuration c, KernelSignature binding)
        : base(w, c, binding)
    {
        Added = Residual with { Element = binding.ResidualElement };
        Target = Y with { Element = w.OutputElement };
    }

    protected override Buffer Input => X with { Element = DataType.BFloat16 };

    protected override Buffer Added { get; }

    protected override Buffer Target { get; }

    public static (LoopProgram Program, int Units) Build(BFloat16Workload w, Configuration c, KernelSignature binding) =>
        new DepthwiseBrainFloatProgram(w, c, binding).Program(c);
}
