using System.Runtime.InteropServices;

namespace Attune.Kernels.Templates;

/// <summary>
/// Memory that one thread reads weights into while it packs them; grows to what is asked for and is used again. Outside the managed heap, so that it is given
/// back at once.
/// </summary>
internal sealed unsafe class PackingSlab : IDisposable
{
    private float* address;
    private int capacity;

#pragma warning disable MA0055 // A load that fails must not keep the memory.
    /// <summary>Frees the memory.</summary>
    ~PackingSlab() => NativeMemory.Free(address);
#pragma warning restore MA0055

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        NativeMemory.Free(address);
        address = null;
        capacity = 0;
        GC.SuppressFinalize(this);
    }

    /// <summary>Room for some floats with undefined contents; what was taken before is gone.</summary>
    internal Span<float> Take(int count)
    {
        if (count > capacity)
        {
            NativeMemory.Free(address);
            capacity = 0;
            address = null;
            address = (float*)NativeMemory.Alloc((nuint)count, sizeof(float));
            capacity = count;
        }

        return new Span<float>(address, count);
    }
}
