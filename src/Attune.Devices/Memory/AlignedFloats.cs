using System.Runtime.InteropServices;

namespace Attune.Devices.Memory;

/// <summary>
/// Floats outside the managed heap: aligned to cache lines, zeroed at first unless told otherwise, on large pages where the system offers them. Streaming
/// weights through 4 KiB pages costs a page walk and a restart of the hardware prefetcher every 64 cache lines.
/// </summary>
internal sealed unsafe class AlignedFloats : IDisposable
{
    private const nuint CacheLine = 64;
    private float* address;

    /// <summary>Allocates memory.</summary>
    /// <param name="count">Number of floats; 0 gives valid memory that must not be used.</param>
    /// <param name="zeroed">
    /// False leaves the contents undefined, for those who write all of it: touching fresh memory is most of the cost of clearing it.
    /// </param>
    /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
    public AlignedFloats(long count, bool zeroed = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;
        nuint bytes = checked((nuint)Math.Max(1, count) * sizeof(float));
        bool large = bytes >= LargePages.Worthwhile;
        address = (float*)NativeMemory.AlignedAlloc(bytes, large ? LargePages.Size : CacheLine);
        if (large)
        {
            LargePages.Advise(address, bytes);
        }

        if (zeroed)
        {
            NativeMemory.Clear(address, bytes);
        }
    }

#pragma warning disable MA0055 // A model that is never disposed of must still give back its weights.
    /// <summary>Frees the memory.</summary>
    ~AlignedFloats() => Release();
#pragma warning restore MA0055

    /// <summary>Number of floats.</summary>
    public long Count { get; }

    /// <summary>First float.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public float* Address => address is not null ? address : throw new ObjectDisposedException(nameof(AlignedFloats));

    /// <summary>A part of the memory.</summary>
    /// <param name="from">First float.</param>
    /// <param name="count">Number of floats.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is not inside.</exception>
    public Span<float> Span(long from, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from + count, Count);
        return new Span<float>(Address + from, count);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        NativeMemory.AlignedFree(address);
        address = null;
    }
}
