using System.Globalization;

namespace Attune.Devices;

/// <summary>A device that fails while it is used: it has no memory left, its driver refuses, it is gone.</summary>
/// <param name="message">What happened.</param>
/// <param name="cause">What the driver said; null when it said nothing.</param>
public class DeviceException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>True when less memory would do.</summary>
    public bool IsOutOfMemory { get; init; }

    /// <summary>True when this process can no longer use the device, whatever it asks: only a new one can.</summary>
    public bool IsLost { get; init; }

    /// <summary>True when the device is well and only its compiler or its limits refuse a kernel.</summary>
    internal bool IsKernelRefused { get; init; }

    /// <summary>What is said of a device that does not end what it was told to do.</summary>
    /// <param name="device">The device.</param>
    /// <param name="limit">How long it was waited for.</param>
    internal static string SilenceOf(string device, TimeSpan limit) => string.Create(
        CultureInfo.InvariantCulture,
        $"{device} did not end its kernels in {limit.TotalSeconds:0.#} s: one hangs, or is very slow here; only a new process can use the device again");
}
