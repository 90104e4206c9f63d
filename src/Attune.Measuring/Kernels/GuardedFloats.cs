using System.Runtime.InteropServices;
using Attune.Devices;

namespace Attune.Measuring.Kernels;

/// <summary>
/// Aligned floats between two guard zones. The zones hold one pattern of NaN: whoever writes there is found out, and whoever reads there and uses it spoils its own result.
/// </summary>
internal sealed unsafe class GuardedFloats : IDisposable
{
    /// <summary>Floats of each zone: more than a row of a large image in blocked layout, so that a tile too far is noticed and not the neighbour's problem.</summary>
    public const int Guard = 4096;

    // Spans are counted in bytes and 32-bit numbers.
    private const int Piece = 1 << 28;

    // A quiet NaN that no arithmetic makes.
    private const uint Canary = 0x7FC0_5A5A;
    private readonly AlignedFloats memory;

    /// <summary>Allocates; the contents are <see cref="Poison"/>ed.</summary>
    /// <param name="count">Number of floats, at least 0.</param>
    public GuardedFloats(long count)
    {
        Count = count;
        memory = new AlignedFloats(count + (2 * Guard), zeroed: false);
        Arm();
        Poison();
    }

    /// <summary>Number of floats between the zones.</summary>
    public long Count { get; }

    /// <summary>First float.</summary>
    public float* Address => memory.Address + Guard;

    /// <summary>True while nobody wrote into the zones.</summary>
    public bool IsIntact => !Before.ContainsAnyExcept(Canary) && !After.ContainsAnyExcept(Canary);

    private Span<uint> Before => MemoryMarshal.Cast<float, uint>(memory.Span(0, Guard));

    private Span<uint> After => MemoryMarshal.Cast<float, uint>(memory.Span(Guard + Count, Guard));

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
        return memory.Span(Guard + from, count);
    }

    /// <summary>Writes the zones again.</summary>
    public void Arm()
    {
        Before.Fill(Canary);
        After.Fill(Canary);
    }

    /// <summary>A number that changes when the contents do.</summary>
    public ulong Fingerprint()
    {
        ulong print = 0;
        for (long at = 0; at < Count; at += Piece)
        {
            print = (print * 31) + ContentHash.Of(MemoryMarshal.AsBytes(Part(at)));
        }

        return print;
    }

    /// <inheritdoc/>
    public void Dispose() => memory.Dispose();

    private Span<float> Part(long at) => memory.Span(Guard + at, (int)Math.Min(Piece, Count - at));
}
