using Attune.Kernels.Backends;
using Attune.Kernels.Targets;

namespace Attune.Cli.Output;

/// <summary>Words for where something runs.</summary>
internal static class DeviceText
{
    /// <summary>For example "2 threads", or "opencl:0".</summary>
    /// <param name="device">The device.</param>
    /// <param name="threads">Threads, where it is a processor.</param>
    public static string Of(DeviceProfile device, int threads) => device.Kind == TargetKind.Cpu ? Units.Counted(threads, "thread") : device.Name.ToString();

    /// <summary>For example "2 threads", or "opencl:0, NVIDIA GeForce GTX 1080 Ti (NVIDIA CUDA, driver 550.54)".</summary>
    /// <param name="device">The device.</param>
    /// <param name="threads">Threads, where it is a processor.</param>
    public static string Whole(DeviceProfile device, int threads) =>
        device.Kind == TargetKind.Cpu ? Of(device, threads) : $"{device.Name}, {device.Description}";
}
