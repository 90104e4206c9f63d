using Attune.Devices.Memory;

namespace Attune.Kernels.Backends.Cpu;

/// <summary>Memory of this process.</summary>
/// <param name="bytes">Size.</param>
internal sealed unsafe class CpuMemory(long bytes) : IDeviceMemory
{
    private readonly AlignedFloats floats = new((bytes + sizeof(float) - 1) / sizeof(float), zeroed: false);

    /// <inheritdoc/>
    public long Bytes => bytes;

    /// <inheritdoc/>
    public void* Host => floats.Address;

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> source) => source.CopyTo(Part(offset, source.Length));

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> target) => Part(offset, target.Length).CopyTo(target);

    /// <inheritdoc/>
    public void Copy(long offset, IDeviceMemory from, long fromOffset, long bytes)
    {
        Inside(offset, bytes);
        from.RequireInside(fromOffset, bytes);
        System.Buffer.MemoryCopy((byte*)from.Host + fromOffset, (byte*)Host + offset, bytes, bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => floats.Dispose();

    private Span<byte> Part(long offset, int length)
    {
        Inside(offset, length);
        return new Span<byte>((byte*)Host + offset, length);
    }

    private void Inside(long offset, long length) => ((IDeviceMemory)this).RequireInside(offset, length);
}
