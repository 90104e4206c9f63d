using System.Buffers.Binary;
using System.Text;

namespace Attune.Runtime.Files.Container;

/// <summary>
/// The zip container, in one canonical form: entries stored (never compressed, so no zip bombs and weights can be read in place), in a fixed order, without
/// folders, comments or times, each content at a multiple of 64 bytes. Given names, lengths and checksums every other byte follows, so a reader accepts a
/// file only if it is what <see cref="LocalHeader"/> and <see cref="Tail"/> would have written. Any unzip program can open it.
/// Layout after PKWARE's APPNOTE 6.3, sections 4.3 and 4.5.3 (64-bit sizes).
/// </summary>
internal static class ContainerFormat
{
    /// <summary>Contents begin at multiples of this, bytes: a cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    /// <summary>Length of a local header before its name.</summary>
    public const int FixedHeader = 30;

    /// <summary>Longest local header: name, padding and 64-bit sizes included.</summary>
    public const int LongestHeader = 256;

    private const uint LocalSignature = 0x04034B50;
    private const uint CentralSignature = 0x02014B50;
    private const uint EndSignature = 0x06054B50;
    private const uint End64Signature = 0x06064B50;
    private const uint Locator64Signature = 0x07064B50;

    // Zip has no field for padding; unknown extra fields must be skipped by every reader, so one of our own makes room.
    private const ushort PaddingField = 0x5441;
    private const ushort SizesField = 0x0001;
    private const ushort NoTime = 0;
    private const ushort FirstDate = 0x21;

    /// <summary>True when a file begins like a container.</summary>
    public static bool Begins(ReadOnlySpan<byte> start) => start.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(start) == LocalSignature;

    /// <summary>The header in front of a content, padding included.</summary>
    public static byte[] LocalHeader(long position, ContainerEntry entry)
    {
        bool wide = IsWide(entry.Length);
        int sizes = wide ? 20 : 0;
        int bare = FixedHeader + entry.Name.Length + sizes + 4;
        int padding = (int)((Alignment - ((position + bare) % Alignment)) % Alignment);
        var bytes = new ByteWriter();
        bytes.U32(LocalSignature);
        Common(bytes, entry, wide);
        bytes.U16((ushort)entry.Name.Length);
        bytes.U16((ushort)(sizes + 4 + padding));
        bytes.Text(entry.Name);
        if (wide)
        {
            bytes.U16(SizesField);
            bytes.U16(16);
            bytes.U64((ulong)entry.Length);
            bytes.U64((ulong)entry.Length);
        }

        bytes.U16(PaddingField);
        bytes.U16((ushort)padding);
        bytes.Zeros(padding);
        return bytes.ToArray();
    }

    /// <summary>Name, length and checksum that a local header claims; null when it is none.</summary>
    public static ContainerEntry? ParseHeader(ReadOnlySpan<byte> header)
    {
        if (header.Length < FixedHeader || !Begins(header))
        {
            return null;
        }

        int name = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(header[14..]);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(header[22..]);
        int end = FixedHeader + name;
        if (header.Length < end)
        {
            return null;
        }

        if (length == uint.MaxValue)
        {
            if (header.Length < end + 12)
            {
                return null;
            }

            length = BinaryPrimitives.ReadInt64LittleEndian(header[(end + 4)..]);
        }

        return length < 0 ? null : new ContainerEntry(Encoding.ASCII.GetString(header[FixedHeader..end]), length, crc);
    }

    /// <summary>What follows the last content: the directory.</summary>
    /// <param name="position">Where it begins.</param>
    /// <param name="entries">All entries with the positions of their headers.</param>
    public static byte[] Tail(long position, IReadOnlyList<(ContainerEntry Entry, long Header)> entries)
    {
        var bytes = new ByteWriter();
        foreach ((ContainerEntry entry, long header) in entries)
        {
            bool wide = IsWide(entry.Length);
            bytes.U32(CentralSignature);
            bytes.U16(45);
            Common(bytes, entry, wide);
            bytes.U16((ushort)entry.Name.Length);
            bytes.U16((ushort)(wide ? 20 : 0));
            bytes.Zeros(10);
            // Only the last entry is large, so positions of headers always fit 32 bits.
            bytes.U32(checked((uint)header));
            bytes.Text(entry.Name);
            if (wide)
            {
                bytes.U16(SizesField);
                bytes.U16(16);
                bytes.U64((ulong)entry.Length);
                bytes.U64((ulong)entry.Length);
            }
        }

        End(bytes, position, bytes.Length, entries.Count);
        return bytes.ToArray();
    }

    private static void End(ByteWriter bytes, long position, int directory, int count)
    {
        bool wide = position >= uint.MaxValue;
        if (wide)
        {
            bytes.U32(End64Signature);
            bytes.U64(44);
            bytes.U16(45);
            bytes.U16(45);
            bytes.Zeros(8);
            bytes.U64((ulong)count);
            bytes.U64((ulong)count);
            bytes.U64((ulong)directory);
            bytes.U64((ulong)position);
            bytes.U32(Locator64Signature);
            bytes.Zeros(4);
            bytes.U64((ulong)(position + directory));
            bytes.U32(1);
        }

        bytes.U32(EndSignature);
        bytes.Zeros(4);
        bytes.U16((ushort)count);
        bytes.U16((ushort)count);
        bytes.U32((uint)directory);
        bytes.U32(wide ? uint.MaxValue : (uint)position);
        bytes.U16(0);
    }

    // The fields that local and central headers share: version needed, flags, method (stored), time, date, checksum, both sizes.
    private static void Common(ByteWriter bytes, ContainerEntry entry, bool wide)
    {
        bytes.U16((ushort)(wide ? 45 : 20));
        bytes.U16(0);
        bytes.U16(0);
        bytes.U16(NoTime);
        bytes.U16(FirstDate);
        bytes.U32(entry.Crc);
        uint size = wide ? uint.MaxValue : (uint)entry.Length;
        bytes.U32(size);
        bytes.U32(size);
    }

    private static bool IsWide(long length) => length >= uint.MaxValue;
}
