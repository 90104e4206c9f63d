using System.Numerics;
using System.Runtime.InteropServices;

namespace Attune.Measuring.Kernels;

/// <summary>A hash of memory at about the speed of reading it: not against malice, but any stray write changes it.</summary>
internal static class ContentHash
{
    private const uint Factor = 0x9E37_79B1;

    /// <summary>Hash of some bytes; a whole number of 32-bit words.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(bytes);
        ReadOnlySpan<Vector<uint>> vectors = MemoryMarshal.Cast<uint, Vector<uint>>(words);
        Vector<uint> even = Vector<uint>.Zero;
        Vector<uint> odd = Vector<uint>.One;
        int at = 0;

        // Two chains, because a multiplication takes longer than two loads. The factor is odd, so a change of one word never gets lost.
        for (; at + 1 < vectors.Length; at += 2)
        {
            even = (even * Factor) + vectors[at];
            odd = (odd * Factor) + vectors[at + 1];
        }

        ulong hash = Fold(even, 17);
        hash = (hash * Factor) + Fold(odd, 29);
        foreach (uint word in words[(at * Vector<uint>.Count)..])
        {
            hash = (hash * Factor) + word;
        }

        return hash;
    }

    private static ulong Fold(Vector<uint> lanes, ulong hash)
    {
        for (int lane = 0; lane < Vector<uint>.Count; lane++)
        {
            hash = (hash * Factor) + lanes[lane];
        }

        return hash;
    }
}
