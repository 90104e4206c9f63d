using System.Collections.Immutable;
using Attune.Devices;
using Attune.Devices.OpenCl;
using Attune.Kernels.Backends.Cpu;
using Attune.Kernels.Backends.OpenCl;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Backends;

/// <summary>The back ends there are: the one list in which a new kind of device is named.</summary>
internal static class BackendCatalog
{
    /// <summary>Opens a device; null and the reason when it is not there or its driver refuses.</summary>
    /// <param name="device">Its name.</param>
    /// <param name="refusal">What is missing.</param>
    /// <param name="clock">Clock of devices that have none of their own; null takes the system's.</param>
    public static IBackend? Open(DeviceName device, out string? refusal, TimeProvider? clock = null)
    {
        refusal = null;
        return device.Kind switch
        {
            TargetKind.Cpu => new CpuBackend(HostTarget.Widest, clock),
            TargetKind.OpenCl => OpenCl(device, out refusal),
            _ => throw new ArgumentOutOfRangeException(nameof(device), device, "There is no back end for such a device."),
        };
    }

    private static OpenClBackend? OpenCl(DeviceName name, out string? refusal)
    {
        Result<ImmutableArray<OpenClDevice>, string> found = OpenClDevices.List();
        if (!found.Succeeded)
        {
            refusal = found.Error;
            return null;
        }

        if (name.Number >= found.Value.Length)
        {
            refusal = $"there is no {name}; the last OpenCL device of this machine is {DeviceName.OpenCl(found.Value.Length - 1)}, {found.Value[^1].Name}";
            return null;
        }

        try
        {
            refusal = null;
            return new OpenClBackend(found.Value[name.Number]);
        }
        catch (OpenClException e)
        {
            refusal = $"the driver of {name} refuses: {e.Message}";
            return null;
        }
    }
}
