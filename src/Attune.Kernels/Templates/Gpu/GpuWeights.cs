using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates.Direct;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// Weights of a matrix product as they are stored: floats; or halves or bytes, and behind them, at the next cache line, a scale for each output channel, by
/// which its finished sum is multiplied.
/// </summary>
/// <param name="w">The product.</param>
internal sealed unsafe class GpuWeights(ConvolutionWorkload w)
{
    /// <summary>The weights.</summary>
    public Buffer Elements { get; } = W with { Element = WeightFormats.ElementOf(w.Weights) };

    /// <summary>True for halves and bytes.</summary>
    public bool IsNarrow => w.Weights != WeightFormat.F32;

    /// <summary>What a program names for them: the scales are floats of the same memory.</summary>
    public ImmutableArray<Buffer> Buffers => IsNarrow ? [Elements, W] : [W];

    /// <summary>
    /// By what a loaded element must be multiplied. A half is too small after a load; it is put right at once, since products of the small number would be
    /// denormal, and devices make zeros of those.
    /// </summary>
    public float Factor => w.Weights == WeightFormat.F16 ? Buffer.HalfCorrection : 1;

    /// <summary>True for products whose weights are floats, or of a kind that stores narrow ones.</summary>
    public static bool CanRead(ConvolutionWorkload w) => w.Weights == WeightFormat.F32 || w.AllowsNarrowWeights;

    /// <summary>Floats that they take.</summary>
    public static long Count(ConvolutionWorkload w) =>
        w.Weights == WeightFormat.F32 ? w.WeightCount : DirectWeights.ScalesAt(w, w.Weights) + WeightPacking.BiasCount(w);

    /// <summary>Packing for tiles of some output channels, depth by depth.</summary>
    /// <param name="w">The product.</param>
    /// <param name="tile">Output channels that lie side by side.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="target">Room for them.</param>
    public static PackingWork Pack(ConvolutionWorkload w, int tile, WeightOperand weights, float* target) => w.Weights == WeightFormat.F32
        ? DirectWeights.Pack(w, tile, weights.Widened(), target)
        : DirectWeights.PackNarrow(w, tile, weights.Stored!, target, halfCorrection: 1);

    /// <summary>A value times a number.</summary>
    public static Value Scaled(Value value, float factor) => factor == 1 ? value : new Binary(BinaryOperation.Multiply, value, new Constant(factor));

    /// <summary>Multiplies a finished sum by its channel's scale, where there is one.</summary>
    public ImmutableArray<Statement> Scale(RegisterTile sums, ImmutableArray<Index> at, Index channel) => IsNarrow
        ? [new Assign(sums, at, new Binary(BinaryOperation.Multiply, new Read(sums, at), new Load(W, channel + DirectWeights.ScalesAt(w, w.Weights))))]
        : [];
}
