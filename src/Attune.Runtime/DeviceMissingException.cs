using Attune.Devices;
using Attune.Kernels.Backends;

namespace Attune.Runtime;

/// <summary>The device that a model is to run on is not there.</summary>
/// <param name="device">Its name.</param>
/// <param name="reason">What is missing, as a sentence without a full stop.</param>
public sealed class DeviceMissingException(DeviceName device, string reason) : DeviceException($"{device} cannot be used: {reason}.")
{
    /// <summary>Its name.</summary>
    public DeviceName Device => device;

    /// <summary>What is missing, as a sentence without a full stop.</summary>
    public string Reason => reason;
}
