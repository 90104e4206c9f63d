using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Backends;

/// <summary>
/// A device that kernels run on: gives memory, compiles, and launches with durations that the device itself measures. A new kind of device is a folder with an
/// implementation, named in <see cref="BackendCatalog"/>. Used by one thread at a time.
/// </summary>
internal interface IBackend : IDisposable
{
    /// <summary>The device.</summary>
    DeviceName Device { get; }

    /// <summary>What kernels for it are generated for.</summary>
    KernelTarget Target { get; }

    /// <summary>Allocates memory of the device; it holds anything at first.</summary>
    /// <param name="bytes">Size, at least 0.</param>
    /// <exception cref="DeviceException">The device has not that much.</exception>
    IDeviceMemory Allocate(long bytes);

    /// <summary>Compiles a kernel; null and the reason when the device or its compiler refuses it.</summary>
    [RequiresDynamicCode("Kernels are compiled where they run.")]
    IDeviceKernel? Compile(KernelSource source, out string? refusal);

    /// <summary>Makes a kernel ready to be run on memory.</summary>
    /// <param name="kernel">A kernel of this back end.</param>
    /// <param name="turns">Memory of the first run, of the second and so on, then again that of the first; at least one.</param>
    /// <param name="threads">Threads to run on, where the device is a processor; each has its own of <see cref="KernelArguments.Scratch"/>.</param>
    ILaunch Prepare(IDeviceKernel kernel, ImmutableArray<KernelArguments> turns, int threads);
}
