using System.Collections.Immutable;
using Attune.Devices.Cuda;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Backends.Cuda;

/// <summary>A kernel in the context of a device.</summary>
/// <param name="context">The device in use.</param>
/// <param name="program">The compiled code; the kernel gives it back.</param>
/// <param name="phases">Its functions, in the order in which they run.</param>
/// <param name="kernel">What it was printed from.</param>
internal sealed class CudaKernel(CudaContext context, CudaProgram program, ImmutableArray<CudaPhase> phases, KernelSource kernel) : IDeviceKernel
{
    /// <summary>Its functions, in the order in which they run.</summary>
    public ImmutableArray<CudaPhase> Phases => phases;

    /// <summary>Where the scratch of the first work unit lies in the workspace, floats; those of the others follow.</summary>
    public long ScratchAt => kernel.SharedFloats;

    /// <inheritdoc/>
    public long SharedFloats { get; } = kernel.SharedFloats + (kernel.ScratchFloats * phases.Max(phase => phase.Units));

    /// <inheritdoc/>
    public long ScratchFloats => 0;

    /// <inheritdoc/>
    public string Usage => string.Join("; ", phases.Select(phase =>
        $"{phase.Limits.Registers} registers a lane, groups share {phase.Limits.SharedBytes} bytes, "
        + $"each lane keeps {phase.Limits.LocalBytes} bytes of its own in memory"));

    /// <inheritdoc/>
    public DeviceCode Code => program.ToCode();

    /// <inheritdoc/>
    public void Dispose() => context.Unload(program.Module);
}
