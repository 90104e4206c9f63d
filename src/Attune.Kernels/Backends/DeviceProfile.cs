using Attune.Devices;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Backends;

/// <summary>What is known of a device without using it: how records and tuned models name it, and what kernels for it are generated for. Immutable.</summary>
/// <param name="Name">As users name it on this machine.</param>
/// <param name="Id">As records and tuned models name it, on any machine: letters, digits, '.', '-' and '_'.</param>
/// <param name="Description">In words.</param>
/// <param name="Target">What kernels are generated for.</param>
public sealed record DeviceProfile(DeviceName Name, string Id, string Description, KernelTarget Target)
{
    private static readonly Lazy<DeviceProfile> Processors = new(() => OfProcessor(CpuDevice.Detect(), HostTarget.Widest));

    /// <summary>The processors of this machine, with the widest vectors that they run well.</summary>
    public static DeviceProfile Cpu => Processors.Value;

    /// <summary>Kind of device.</summary>
    public TargetKind Kind => Name.Kind;

    /// <summary>Looks for a device on this machine.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The device, or what is missing, as a sentence without a full stop.</returns>
    public static Result<DeviceProfile, string> Find(DeviceName name) => BackendCatalog.Find(name);

    /// <summary>Processors used in some way.</summary>
    /// <param name="device">The processors.</param>
    /// <param name="target">What kernels are generated for.</param>
    internal static DeviceProfile OfProcessor(CpuDevice device, KernelTarget target) =>
        new(DeviceName.Cpu, device.Fingerprint.Id, device.Identity.Brand, target);
}
