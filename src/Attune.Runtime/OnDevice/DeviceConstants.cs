using Attune.Devices;
using Attune.Devices.Memory;
using Attune.Kernels.Backends;

namespace Attune.Runtime.OnDevice;

/// <summary>Weights and other constants of a model on a device: brought there when they are first asked for, and read by every inference.</summary>
/// <param name="backend">The device.</param>
internal sealed class DeviceConstants(IBackend backend) : IDisposable
{
    private readonly Dictionary<AlignedFloats, IDeviceMemory> kept = [];

    /// <summary>Bytes of all of them.</summary>
    public long Bytes => kept.Values.Sum(memory => memory.Bytes);

    /// <summary>Where a constant lies on the device; there it stays.</summary>
    /// <param name="constant">The constant on the host, which is not needed any more afterwards.</param>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public unsafe IDeviceMemory Keep(AlignedFloats constant)
    {
        if (!kept.TryGetValue(constant, out IDeviceMemory? memory))
        {
            memory = backend.Allocate(constant.Count * sizeof(float));
            kept.Add(constant, memory);
            const int Piece = 1 << 28;
            for (long at = 0; at < constant.Count; at += Piece)
            {
                memory.Write(at * sizeof(float), new ReadOnlySpan<byte>(constant.Address + at, (int)Math.Min(Piece, constant.Count - at) * sizeof(float)));
            }
        }

        return memory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDeviceMemory memory in kept.Values)
        {
            memory.Dispose();
        }
    }
}
