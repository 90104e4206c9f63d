using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates.Direct;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;

namespace Attune.Kernels.Templates.BrainFloats;

/// <summary>
/// The loops of the direct template over brain floats: two neighbouring input channels are one step of the reduction, broadcast together and multiplied with two
/// weights of every output channel at once. Sums are floats, and everything after them. Buffers: 0 input, 1 packed weights, 2 bias, 3 residual, 4 output.
/// </summary>
internal sealed class BrainFloatProgram : DirectProgram
{
    private BrainFloatProgram(BFloat16Workload w, Configuration c, KernelSignature binding)
        : base(w, c, binding, binding.Input.Over(BFloat16Workload.Neighbours), (DataType.Int32, DataType.Int32, DataType.Float32))
    {
        Added = Residual with { Element = binding.ResidualElement };
        Target = Y with { Element = w.OutputElement };
    }

    protected override Buffer Input => X with { Element = DataType.Int32 };

    protected override Buffer Added { get; }

    protected override Buffer Target { get; }

    public static (LoopProgram Program, int Units) Build(BFloat16Workload workload, Configuration configuration, KernelSignature binding) =>
        new BrainFloatProgram(workload, configuration, binding).Whole();

    protected override ImmutableArray<Statement> Begin() => ForTile((i, at) => new Assign(Sums, at, Initial(i)));

    protected override Value Product(Value input, Value weight, Value sum) => new PairProduct(input, weight, sum);
}
