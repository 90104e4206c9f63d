using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Devices;
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
    DeviceProfile Profile { get; }

    /// <summary>Its name on this machine.</summary>
    DeviceName Device => Profile.Name;

    /// <summary>What kernels for it are generated for.</summary>
    KernelTarget Target => Profile.Target;

    /// <summary>
    /// The last cache before the memory of a device with memory of its own, bytes: who measures a kernel reads more than that before it reads the same again.
    /// 0 when nobody tells.
    /// </summary>
    long CacheBytes => 0;

    /// <summary>Allocates memory of the device; it holds anything at first.</summary>
    /// <param name="bytes">Size, at least 0.</param>
    /// <exception cref="DeviceException">The device has not that much.</exception>
    IDeviceMemory Allocate(long bytes);

    /// <summary>Compiles a kernel; the reason when the device or its compiler refuses it.</summary>
    [RequiresDynamicCode("Kernels are compiled where they run.")]
    Result<IDeviceKernel, string> Compile(KernelSource source);

    /// <summary>Makes a kernel ready to be run on memory.</summary>
    /// <param name="kernel">A kernel of this back end.</param>
    /// <param name="turns">Memory of the first run, of the second and so on, then again that of the first; at least one.</param>
    /// <param name="threads">Threads to run on, where the device is a processor; each has its own of <see cref="KernelArguments.Scratch"/>.</param>
    ILaunch Prepare(IDeviceKernel kernel, ImmutableArray<KernelArguments> turns, int threads);

    /// <summary>Records commands so that the device begins all of them at one call later on; none of them happens now.</summary>
    /// <param name="commands">Calls of <see cref="ILaunch.Begin"/> on launches of one turn; they outlive the sequence.</param>
    /// <returns>The sequence, or why the device's driver does not take it; null where devices of this kind are asked for each command.</returns>
    Result<ICommandSequence, string>? Record(Action commands) => null;

    /// <summary>Waits until the device has done all that was begun; on processors that is so anyway.</summary>
    /// <exception cref="DeviceException">The device failed meanwhile.</exception>
    void Wait()
    {
    }

    /// <summary>
    /// Waits as <see cref="Wait()"/> does, but not for ever: for kernels that nobody has seen to end. It looks about every millisecond.
    /// </summary>
    /// <param name="limit">How long.</param>
    /// <exception cref="DeviceException">
    /// The device failed meanwhile, or was not done in time: then it is lost to this process (<see cref="DeviceException.IsLost"/>), whose later calls fail
    /// without asking the driver, since they would wait too.
    /// </exception>
    void Wait(TimeSpan limit) => Wait();

    /// <summary>Marks that tell how long each of several launches took where they follow on another.</summary>
    ITimeline CreateTimeline();
}
