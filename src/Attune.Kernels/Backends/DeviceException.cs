namespace Attune.Kernels.Backends;

/// <summary>A device that fails while it is used: it has no memory left, its driver refuses, it is gone.</summary>
/// <param name="message">What happened.</param>
/// <param name="cause">What the driver said; null when it said nothing.</param>
internal sealed class DeviceException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>True when less memory would do.</summary>
    public bool IsOutOfMemory { get; init; }
}
