using Attune.Devices.Cuda;

namespace Attune.Kernels.Backends.Cuda;

/// <summary>Memory of a CUDA device.</summary>
/// <param name="context">The device in use.</param>
/// <param name="bytes">Size.</param>
internal sealed unsafe class CudaMemory(CudaContext context, long bytes) : IDeviceMemory
{
    /// <summary>Address of the first byte on the device.</summary>
    public ulong Address { get; private set; } = context.Allocate(bytes);

    /// <inheritdoc/>
    public long Bytes => bytes;

    /// <inheritdoc/>
    public void* Host => null;

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        Inside(offset, source.Length);
        context.Write(Address + (ulong)offset, source);
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> target)
    {
        Inside(offset, target.Length);
        context.Read(Address + (ulong)offset, target);
    }

    /// <inheritdoc/>
    public void Copy(long offset, IDeviceMemory from, long fromOffset, long bytes)
    {
        Inside(offset, bytes);
        from.RequireInside(fromOffset, bytes);
        context.Copy(((CudaMemory)from).Address + (ulong)fromOffset, Address + (ulong)offset, bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Address != 0)
        {
            context.Free(Address);
            Address = 0;
        }
    }

    private void Inside(long offset, long length) => ((IDeviceMemory)this).RequireInside(offset, length);
}
