using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates.Direct;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;

namespace Attune.Kernels.Templates.Quantized;

/// <summary>
/// The loops of the direct template over bytes: four neighbouring input channels are one step of the reduction, broadcast together and multiplied with four
/// weights of every output channel at once. Buffers: 0 input, 1 packed weights, 2 numbers of the <see cref="RequantizationTable"/>, 4 output.
/// </summary>
internal sealed class IntegerProgram : DirectProgram
{
    private readonly Requantization requantization;

    private IntegerProgram(QuantizedWorkload w, Configuration c, KernelSignature binding)
        : base(w, c, binding, binding.Input.Over(QuantizedWorkload.Neighbours), (DataType.Int32, DataType.Int32, DataType.Int32)) =>
        requantization = new Requantization(w, binding);

    protected override Buffer Input => X with { Element = DataType.Int32 };

    protected override Buffer Target => requantization.Target;

    protected override Buffer Added => requantization.Added;

    public static (LoopProgram Program, int Units) Build(QuantizedWorkload workload, Configuration configuration, KernelSignature binding) =>
        new IntegerProgram(workload, configuration, binding).Whole();

    protected override ImmutableArray<Statement> Begin() => ForTile((i, at) => new Assign(Sums, at, requantization.Start(ChannelOf(i.V))));

    protected override Value Product(Value input, Value weight, Value sum) => new DotProduct(input, weight, sum);

    protected override ImmutableArray<Statement> Finish() => [];

    protected override ImmutableArray<Statement> End()
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        ForTile((i, at) =>
        {
            requantization.Append(body, new Conversion(new Read(Sums, at)), ChannelOf(i.V), Output(Binding.Output, i), Output(Binding.Residual, i));
            return body[^1];
        });
        return body.ToImmutable();
    }
}
