using Attune.Devices.OpenCl;

namespace Attune.Kernels.Backends.OpenCl;

/// <summary>Memory of an OpenCL device.</summary>
/// <param name="context">The device in use.</param>
/// <param name="bytes">Size.</param>
internal sealed unsafe class OpenClMemory(OpenClContext context, long bytes) : IDeviceMemory
{
    /// <summary>The driver's handle.</summary>
    public nint Handle { get; private set; } = context.Allocate(bytes);

    /// <inheritdoc/>
    public long Bytes => bytes;

    /// <inheritdoc/>
    public void* Host => null;

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        Inside(offset, source.Length);
        context.Write(Handle, offset, source);
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> target)
    {
        Inside(offset, target.Length);
        context.Read(Handle, offset, target);
    }

    /// <inheritdoc/>
    public void Copy(long offset, IDeviceMemory from, long fromOffset, long bytes)
    {
        Inside(offset, bytes);
        from.RequireInside(fromOffset, bytes);
        context.Copy(((OpenClMemory)from).Handle, fromOffset, Handle, offset, bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Handle != 0)
        {
            context.Free(Handle);
            Handle = 0;
        }
    }

    private void Inside(long offset, long length) => ((IDeviceMemory)this).RequireInside(offset, length);
}
