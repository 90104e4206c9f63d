using System.Runtime.InteropServices;

namespace Attune.Runtime.Execution;

/// <summary>Floats outside the managed heap, aligned to cache lines, zeroed at first.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const nuint Alignment = 64;
    private float* address;

    public NativeBuffer(long count)
    {
        Count = count;
        nuint bytes = (nuint)Math.Max(1, count) * sizeof(float);
        address = (float*)NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(address, bytes);
    }

#pragma warning disable MA0055 // A model that is never disposed of must still give back its weights.
    ~NativeBuffer() => Release();
#pragma warning restore MA0055

    public long Count { get; }

    public float* Address => address is not null ? address : throw new ObjectDisposedException(nameof(NativeBuffer));

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
