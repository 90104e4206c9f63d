using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Direct;

/// <summary>Where the direct template finds its operands when it is the second half of a kernel.</summary>
/// <param name="Input">Buffer of its input.</param>
/// <param name="InputShift">Added to every offset of the input.</param>
/// <param name="WeightsAt">First of its packed weights.</param>
/// <param name="BiasAt">First of its biases.</param>
internal sealed record DirectSource(Buffer Input, Index InputShift, long WeightsAt, long BiasAt)
{
    /// <summary>The kernel's own operands.</summary>
    public static DirectSource Operands { get; } = new(KernelBuffers.X, Index.Zero, 0, 0);
}
