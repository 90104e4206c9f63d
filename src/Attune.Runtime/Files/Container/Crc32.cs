using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Attune.Runtime.Files.Container;

/// <summary>
/// CRC-32 as zip uses it (reflected polynomial 0xEDB88320). With carry-less multiplication 64 bytes a step, by folding: a 128-bit remainder may be moved past
/// the bytes that follow by multiplying its halves with powers of x modulo the polynomial (Gopal et al., "Fast CRC computation using PCLMULQDQ", 2009).
/// Without it, eight bytes a step through tables.
/// </summary>
internal static class Crc32
{
    private const int Slices = 8;
    private const int Lane = 16;
    private const int Step = 4 * Lane;
    private const uint One = 0x80000000;
    private static readonly uint[] Table = MakeTable();
    private static readonly Vector128<ulong> FoldStep = FoldBy(8 * Step);
    private static readonly Vector128<ulong> FoldLane = FoldBy(8 * Lane);

    /// <summary>The checksum of bytes appended to bytes with checksum <paramref name="before"/>; 0 stands for none.</summary>
    public static uint Append(uint before, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~before;
        if (Pclmulqdq.IsSupported && bytes.Length >= 2 * Step)
        {
            crc = Fold(crc, ref bytes);
        }

        return ~Slice(crc, bytes);
    }

    /// <summary>The checksum of two runs of bytes in a row.</summary>
    /// <param name="first">Checksum of the first run.</param>
    /// <param name="second">Checksum of the second run.</param>
    /// <param name="secondLength">Bytes of the second run.</param>
    public static uint Combine(uint first, uint second, long secondLength) => Multiply(PowerOfX(8 * (ulong)secondLength), first) ^ second;

    private static uint Fold(uint crc, ref ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<Vector128<ulong>> lanes = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        Vector128<ulong> a = lanes[0] ^ Vector128.CreateScalar((ulong)crc);
        Vector128<ulong> b = lanes[1];
        Vector128<ulong> c = lanes[2];
        Vector128<ulong> d = lanes[3];
        int at = 4;
        for (; at + 4 <= lanes.Length; at += 4)
        {
            a = Moved(a, FoldStep) ^ lanes[at];
            b = Moved(b, FoldStep) ^ lanes[at + 1];
            c = Moved(c, FoldStep) ^ lanes[at + 2];
            d = Moved(d, FoldStep) ^ lanes[at + 3];
        }

        a = Moved(Moved(Moved(a, FoldLane) ^ b, FoldLane) ^ c, FoldLane) ^ d;
        for (; at < lanes.Length; at++)
        {
            a = Moved(a, FoldLane) ^ lanes[at];
        }

        // What is left is congruent to the whole, so its checksum is the whole's.
        bytes = bytes[(at * Lane)..];
        return Slice(0, MemoryMarshal.AsBytes(new ReadOnlySpan<Vector128<ulong>>(in a)));
    }

    private static Vector128<ulong> Moved(Vector128<ulong> remainder, Vector128<ulong> powers) =>
        Pclmulqdq.CarrylessMultiply(remainder, powers, 0x00) ^ Pclmulqdq.CarrylessMultiply(remainder, powers, 0x11);

    // In reflected order the lower half comes first, so it must be moved by 64 bits more; the product of two reflected numbers comes out one bit low.
    private static Vector128<ulong> FoldBy(ulong bits) => Vector128.Create((ulong)PowerOfX(bits + 32) << 1, (ulong)PowerOfX(bits - 32) << 1);

    /// <summary>x to the power n modulo the polynomial; bit 31 stands for x to the power 0.</summary>
    private static uint PowerOfX(ulong n)
    {
        uint power = One;
        uint square = One >> 1;
        for (; n > 0; n >>= 1)
        {
            power = (n & 1) != 0 ? Multiply(power, square) : power;
            square = Multiply(square, square);
        }

        return power;
    }

    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (; a != 0; a <<= 1)
        {
            product ^= (a & One) != 0 ? b : 0;
            b = (b >> 1) ^ (0xEDB88320 & (0 - (b & 1)));
        }

        return product;
    }

    private static uint Slice(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint[] t = Table;
        while (bytes.Length >= Slices)
        {
            uint low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[0x700 + (low & 0xFF)] ^ t[0x600 + ((low >> 8) & 0xFF)] ^ t[0x500 + ((low >> 16) & 0xFF)] ^ t[0x400 + (low >> 24)]
                ^ t[0x300 + (high & 0xFF)] ^ t[0x200 + ((high >> 8) & 0xFF)] ^ t[0x100 + ((high >> 16) & 0xFF)] ^ t[high >> 24];
            bytes = bytes[Slices..];
        }

        foreach (byte b in bytes)
        {
            crc = (crc >> 8) ^ t[(crc ^ b) & 0xFF];
        }

        return crc;
    }

    // Row s holds the effect of a byte that is followed by s zero bytes.
    private static uint[] MakeTable()
    {
        var table = new uint[Slices * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            }

            table[i] = crc;
        }

        for (int i = 256; i < table.Length; i++)
        {
            uint previous = table[i - 256];
            table[i] = (previous >> 8) ^ table[previous & 0xFF];
        }

        return table;
    }
}
