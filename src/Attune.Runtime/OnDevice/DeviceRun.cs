using Attune.Kernels;

namespace Attune.Runtime.OnDevice;

/// <summary>The values of one run that lie on the host, by storage id.</summary>
/// <param name="storages">Storages of the plan.</param>
internal sealed class DeviceRun(int storages)
{
    /// <summary>Values of any element type; null before they are known.</summary>
    public Tensor?[] Managed { get; } = new Tensor?[storages];
}
