using System.Buffers.Binary;

namespace Attune.Runtime;

/// <summary>
/// CRC-32 as zip uses it (reflected polynomial 0xEDB88320), eight bytes a step. Only other zip programs need it: our own reader trusts SHA-256.
/// </summary>
internal static class Crc32
{
    private const int Slices = 8;
    private static readonly uint[] Table = MakeTable();

    /// <summary>The checksum of bytes appended to bytes with checksum <paramref name="before"/>; 0 stands for none.</summary>
    public static uint Append(uint before, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~before;
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

        return ~crc;
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
