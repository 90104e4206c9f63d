using Attune.Kernels.Backends.Cpu;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Backends;

/// <summary>The back ends there are: the one list in which a new kind of device is named.</summary>
internal static class BackendCatalog
{
    /// <summary>Opens a device.</summary>
    /// <param name="device">Its name.</param>
    /// <param name="clock">Clock of devices that have none of their own; null takes the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no back end for such a device.</exception>
    public static IBackend Open(DeviceName device, TimeProvider? clock = null) => device.Kind switch
    {
        TargetKind.Cpu => new CpuBackend(HostTarget.Widest, clock),
        _ => throw new ArgumentOutOfRangeException(nameof(device), device, "There is no back end for such a device."),
    };
}
