using System.Collections.Immutable;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Backends.Cpu;

/// <summary>Machine code of a kernel.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Phases">Its phases.</param>
internal sealed record CpuKernel(CompiledKernel Kernel, ImmutableArray<KernelPhase> Phases) : IDeviceKernel
{
    /// <inheritdoc/>
    public long SharedFloats => Kernel.SharedFloats;

    /// <inheritdoc/>
    public long ScratchFloats => Kernel.ScratchFloats;

    /// <inheritdoc/>
    public void Dispose()
    {
        // The code goes when nobody refers to it any more.
    }
}
