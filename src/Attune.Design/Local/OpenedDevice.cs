using Attune.Design.Flow;
using Attune.Devices;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Runtime;

namespace Attune.Design.Local;

/// <summary>A way of running whose device is open, so that models of designs can be compiled for it. They must not outlive it. One thread.</summary>
internal sealed class OpenedDevice : IDisposable
{
    private readonly IBackend? backend;

    private OpenedDevice(LocalDevice way, DeviceProfile profile, IBackend? backend) => (Way, Profile, this.backend) = (way, profile, backend);

    /// <summary>How designs run.</summary>
    public LocalDevice Way { get; }

    /// <summary>What is known of the device.</summary>
    public DeviceProfile Profile { get; }

    /// <summary>Key of the device.</summary>
    public DeviceKey Key => Way.KeyOn(Profile);

    /// <summary>What kernels are generated for.</summary>
    public KernelTarget Target => Way.TargetOn(Profile);

    /// <summary>How models are compiled for it.</summary>
    public ModelOptions ModelOptions => Way.IsProcessor
        ? new ModelOptions { Threads = Way.Threads, Lanes = Way.Lanes, Device = Way.Device }
        : new ModelOptions { Backend = backend, Device = Way.Device };

    /// <summary>Opens a device; why it cannot be used otherwise.</summary>
    /// <param name="way">How designs are to run.</param>
    /// <param name="clock">Clock of devices that have none of their own.</param>
    public static Result<OpenedDevice, DesignError> Open(LocalDevice way, TimeProvider clock)
    {
        if (way.IsProcessor)
        {
            return new OpenedDevice(way, DeviceProfile.Cpu, backend: null);
        }

        Result<IBackend, string> opened = BackendCatalog.Open(way.Device, clock, ProgramCache.OfUser());
        return opened.Succeeded ? Of(way, opened.Value) : new TargetMissing(way, opened.Error);
    }

    /// <summary>A device that is open already.</summary>
    /// <param name="way">How designs are to run there.</param>
    /// <param name="backend">The device; owned from now on.</param>
    public static OpenedDevice Of(LocalDevice way, IBackend backend) => new(way, backend.Profile, backend);

    /// <inheritdoc/>
    public void Dispose() => backend?.Dispose();
}
