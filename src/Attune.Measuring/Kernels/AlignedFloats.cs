using System.Runtime.InteropServices;

namespace Attune.Measuring.Kernels;

/// <summary>Floats outside the managed heap, aligned to cache lines.</summary>
internal sealed unsafe class AlignedFloats : IDisposable
{
    private float* address;

    public AlignedFloats(long count)
    {
        Count = count;
        nuint bytes = (nuint)Math.Max(1, count) * sizeof(float);
        address = (float*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(address, bytes);
    }

    public long Count { get; }

    public float* Address => address is not null ? address : throw new ObjectDisposedException(nameof(AlignedFloats));

    public Span<float> Span(long from, int count) => new(Address + from, count);

    public void Dispose()
    {
        NativeMemory.AlignedFree(address);
        address = null;
    }
}
