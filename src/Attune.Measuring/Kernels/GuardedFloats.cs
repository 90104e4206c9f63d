using System.Runtime.InteropServices;
using Attune.Devices.Memory;
using Attune.Kernels.Backends;

namespace Attune.Measuring.Kernels;

/// <summary>
/// Floats between two guard zones. The zones hold one pattern of NaN: whoever writes there is found out, and whoever reads there and uses it spoils its own
/// result. Where a device has memory of its own, what is written here goes there by <see cref="Upload"/>, and what the device wrote comes here by
/// <see cref="Download"/>.
/// </summary>
internal sealed unsafe class GuardedFloats : IDisposable
{
    /// <summary>
    /// Floats of each zone: more than a row of a large image in blocked layout, so that a tile too far is noticed and not the neighbour's problem.
    /// </summary>
    public const int Guard = 4096;

    // Spans are counted in bytes and 32-bit numbers.
    private const int Piece = 1 << 28;

    // A quiet NaN that no arithmetic makes.
    private const uint Canary = 0x7FC0_5A5A;
    private readonly IDeviceMemory? device;
    private readonly AlignedFloats? own;
    private readonly float* start;

    /// <summary>Allocates memory that no device uses; the contents are <see cref="Poison"/>ed.</summary>
    /// <param name="count">Number of floats, at least 0.</param>
    public GuardedFloats(long count)
    {
        Count = count;
        own = new AlignedFloats(count + (2 * Guard), zeroed: false);
        start = own.Address;
        Arm();
        Poison();
    }

    /// <summary>Allocates memory of a device; the contents are <see cref="Poison"/>ed.</summary>
    /// <param name="backend">The device.</param>
    /// <param name="count">Number of floats, at least 0.</param>
    public GuardedFloats(IBackend backend, long count)
    {
        Count = count;
        long all = count + (2 * Guard);
        device = backend.Allocate(all * sizeof(float));
        own = device.Host is null ? new AlignedFloats(all, zeroed: false) : null;
        start = own is null ? (float*)device.Host : own.Address;
        Arm();
        Poison();
        Upload();
    }

    /// <summary>Number of floats between the zones.</summary>
    public long Count { get; }

    /// <summary>First float.</summary>
    public float* Address => start + Guard;

    /// <summary>True while nobody wrote into the zones, where the device has them.</summary>
    public bool IsIntact
    {
        get
        {
            Fetch(0, Guard);
            Fetch(Guard + Count, Guard);
            return !Before.ContainsAnyExcept(Canary) && !After.ContainsAnyExcept(Canary);
        }
    }

    private Span<uint> Before => new(start, Guard);

    private Span<uint> After => new(start + Guard + Count, Guard);

    /// <summary>Fills everything between the zones with the pattern, so that what nobody writes is no number.</summary>
    public void Poison()
    {
        for (long at = 0; at < Count; at += Piece)
        {
            MemoryMarshal.Cast<float, uint>(Part(at)).Fill(Canary);
        }
    }

    /// <summary>Zeroes everything between the zones.</summary>
    public void Clear() => NativeMemory.Clear(Address, checked((nuint)Count * sizeof(float)));

    /// <summary>Some floats between the zones.</summary>
    /// <param name="from">First float.</param>
    /// <param name="count">Number of floats.</param>
    public Span<float> Span(long from, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from + count, Count);
        return new Span<float>(Address + from, count);
    }

    /// <summary>Writes the zones again.</summary>
    public void Arm()
    {
        Before.Fill(Canary);
        After.Fill(Canary);
    }

    /// <summary>A number that changes when the contents do, where the device has them.</summary>
    public ulong Fingerprint()
    {
        Download();
        ulong print = 0;
        for (long at = 0; at < Count; at += Piece)
        {
            print = (print * 31) + ContentHash.Of(MemoryMarshal.AsBytes(Part(at)));
        }

        return print;
    }

    /// <summary>The device's memory from a float on.</summary>
    /// <param name="from">First float between the zones.</param>
    public DeviceRegion Region(long from) => new(device, (Guard + from) * sizeof(float));

    /// <summary>Brings what was written here to the device, zones included. Nothing to do where both are the same memory.</summary>
    public void Upload()
    {
        for (long at = 0; own is not null && at < own.Count && device is not null; at += Piece)
        {
            device.Write(at * sizeof(float), MemoryMarshal.AsBytes(own.Span(at, (int)Math.Min(Piece, own.Count - at))));
        }
    }

    /// <summary>Brings what the device wrote between the zones here. Nothing to do where both are the same memory.</summary>
    public void Download() => Fetch(Guard, Count);

    /// <inheritdoc/>
    public void Dispose()
    {
        device?.Dispose();
        own?.Dispose();
    }

    private void Fetch(long from, long count)
    {
        if (device is null || own is null)
        {
            return;
        }

        for (long at = from; at < from + count; at += Piece)
        {
            device.Read(at * sizeof(float), MemoryMarshal.AsBytes(own.Span(at, (int)Math.Min(Piece, from + count - at))));
        }
    }

    private Span<float> Part(long at) => new(Address + at, (int)Math.Min(Piece, Count - at));
}
