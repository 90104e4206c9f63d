namespace Attune.Kernels.Backends;

/// <summary>Memory of a device.</summary>
internal unsafe interface IDeviceMemory : IDisposable
{
    /// <summary>Size.</summary>
    long Bytes { get; }

    /// <summary>Where this process may read and write it in place; null when it must be copied.</summary>
    void* Host { get; }

    /// <summary>Makes sure that a part lies inside.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not.</exception>
    void RequireInside(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Bytes - length);
    }

    /// <summary>Copies from this process to the device.</summary>
    /// <param name="offset">First byte on the device.</param>
    /// <param name="source">What to copy.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is not inside.</exception>
    void Write(long offset, ReadOnlySpan<byte> source);

    /// <summary>Copies from the device to this process.</summary>
    /// <param name="offset">First byte on the device.</param>
    /// <param name="target">Where to.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is not inside.</exception>
    void Read(long offset, Span<byte> target);

    /// <summary>Copies on the device.</summary>
    /// <param name="offset">First byte here.</param>
    /// <param name="from">Memory of the same back end; parts of one memory must not overlap.</param>
    /// <param name="fromOffset">First byte there.</param>
    /// <param name="bytes">How much.</param>
    /// <exception cref="ArgumentOutOfRangeException">A part is not inside.</exception>
    void Copy(long offset, IDeviceMemory from, long fromOffset, long bytes);
}
