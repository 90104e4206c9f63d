using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates.Depthwise;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Quantized;

/// <summary>
/// The loops of the depthwise template over bytes. Products are added as floats, which is exact: a sum of integers below 2^24 is an integer, and a kernel would
/// need more than 250 positions to exceed it, wherever its sums start. Buffers: 0 input, 1 packed weights, 2 numbers of the
/// <see cref="RequantizationTable"/>, 4 output.
/// </summary>
internal sealed class DepthwiseBytesProgram : DepthwiseProgram
{
    /// <summary>Positions of a kernel whose sums are exact: 2^24 over twice the largest product, since a sum starts as far off as it may go.</summary>
    public const int MaxTaps = (1 << 23) / (255 * 128);

    private readonly KernelSignature binding;
    private readonly Requantization requantization;

    private DepthwiseBytesProgram(QuantizedWorkload w, Configuration c, KernelSignature binding)
        : base(w, c, binding)
    {
        this.binding = binding;
        requantization = new Requantization(w, binding);
    }

    protected override Buffer Input => X with { Element = DataType.UInt8 };

    protected override Buffer Target => requantization.Target;

    protected override Buffer Added => requantization.Added;

    public static (LoopProgram Program, int Units) Build(QuantizedWorkload w, Configuration c, KernelSignature binding) =>
        new DepthwiseBytesProgram(w, c, binding).Program(c);

    protected override Value Initial() => new Conversion(requantization.Start(Channel));

    protected override void Finish(ImmutableArray<Statement>.Builder body, RegisterTile tile, ImmutableArray<Index> at, Func<ActivationView, Index> place) =>
        requantization.Append(body, new Read(tile, at), Channel, place(binding.Output), place(binding.Residual));
}
