using System.Collections.Immutable;
using Attune.Devices;
using Attune.Devices.Cuda;
using Attune.Devices.OpenCl;
using Attune.Kernels.Backends.Cpu;
using Attune.Kernels.Backends.Cuda;
using Attune.Kernels.Backends.OpenCl;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Backends;

/// <summary>The back ends there are: the one list in which a new kind of device is named.</summary>
internal static class BackendCatalog
{
    /// <summary>Looks for a device without using it.</summary>
    /// <param name="device">Its name.</param>
    /// <returns>What is known of it, or what is missing.</returns>
    public static Result<DeviceProfile, string> Find(DeviceName device)
    {
        switch (device.Kind)
        {
            case TargetKind.Cpu:
                return DeviceProfile.Cpu;
            case TargetKind.OpenCl:
                Result<OpenClDevice, string> openCl = OpenCl(device);
                return openCl.Succeeded ? OpenClBackend.ProfileOf(openCl.Value) : openCl.Error;
            case TargetKind.Cuda:
                Result<CudaDevice, string> cuda = Cuda(device);
                return cuda.Succeeded ? CudaBackend.ProfileOf(cuda.Value) : cuda.Error;
            default:
                throw new ArgumentOutOfRangeException(nameof(device), device, "There is no back end for such a device.");
        }
    }

    /// <summary>Opens a device; the reason when it is not there or its driver refuses.</summary>
    /// <param name="device">Its name.</param>
    /// <param name="clock">Clock of devices that have none of their own; null takes the system's.</param>
    /// <param name="programs">Where compiled programs of devices with a compiler of their own are kept; null compiles each anew.</param>
    /// <param name="given">Programs that were compiled elsewhere; with some, a device is opened without its compiler.</param>
    public static Result<IBackend, string> Open(
        DeviceName device, TimeProvider? clock = null, ProgramCache? programs = null, IReadOnlyCollection<DeviceCode>? given = null)
    {
        try
        {
            return device.Kind switch
            {
                TargetKind.Cpu => new CpuBackend(HostTarget.Widest, clock),
                TargetKind.OpenCl => OpenOpenCl(device, programs),
                TargetKind.Cuda => OpenCuda(device, programs, given ?? []),
                _ => throw new ArgumentOutOfRangeException(nameof(device), device, "There is no back end for such a device."),
            };
        }
        catch (DeviceException e)
        {
            return $"the driver of {device} refuses: {e.Message}";
        }
    }

    private static Result<IBackend, string> OpenOpenCl(DeviceName name, ProgramCache? programs)
    {
        Result<OpenClDevice, string> found = OpenCl(name);
        return found.Succeeded ? new OpenClBackend(found.Value, programs) : found.Error;
    }

    private static Result<IBackend, string> OpenCuda(DeviceName name, ProgramCache? programs, IReadOnlyCollection<DeviceCode> given)
    {
        Result<CudaDevice, string> found = Cuda(name);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        Result<CudaCompiler, string> compiler = CudaCompiler.For(found.Value);
        return compiler.Succeeded || given.Count > 0 ? new CudaBackend(found.Value, compiler, programs, given) : compiler.Error;
    }

    private static Result<OpenClDevice, string> OpenCl(DeviceName name) => Choose(name, OpenClDevices.List(), device => device.Name);

    private static Result<CudaDevice, string> Cuda(DeviceName name) => Choose(name, CudaDevices.List(), device => device.Name);

    private static Result<T, string> Choose<T>(DeviceName name, Result<ImmutableArray<T>, string> found, Func<T, string> nameOf)
        where T : notnull =>
        !found.Succeeded ? found.Error
        : name.Number < found.Value.Length ? found.Value[name.Number]
        : $"there is no {name}; the last of this machine is {DeviceName.Of(name.Kind, found.Value.Length - 1)}, {nameOf(found.Value[^1])}";
}
