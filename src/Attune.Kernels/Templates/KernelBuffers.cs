using Buffer = Attune.Kernels.Loops.Buffer;

namespace Attune.Kernels.Templates;

/// <summary>The buffers of convolution kernels, in the order of their table of addresses.</summary>
internal static class KernelBuffers
{
    public static readonly Buffer X = new("x", 0);
    public static readonly Buffer W = new("w", 1);

    /// <summary>Scales of output channels, behind narrow weights in the same memory.</summary>
    public static readonly Buffer Scales = new("scale", 1);

    public static readonly Buffer Bias = new("bias", 2);
    public static readonly Buffer Residual = new("r", 3);
    public static readonly Buffer Y = new("y", 4);
    public static readonly Buffer Shared = new("shared", CompiledKernel.SharedSlot);
    public static readonly Buffer Scratch = new("scratch", CompiledKernel.ScratchSlot);
}
