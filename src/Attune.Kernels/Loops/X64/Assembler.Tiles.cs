namespace Attune.Kernels.Loops.X64;

/// <content>Matrix tiles (AMX), all in VEX with codes of the map 0F38.</content>
internal sealed partial class Assembler
{
    private const int NoPrefix = 0;
    private const int Prefix66 = 1;
    private const int PrefixF3 = 2;
    private const int PrefixF2 = 3;
    private const byte Configure = 0x49;
    private const byte Rows = 0x4B;

    /// <summary>Sets the extents of all tile registers (LDTILECFG) and fills them with zeros.</summary>
    public void TileConfigure(Operand memory)
    {
        TilePrefix(NoPrefix, 0, memory.Register);
        bytes.Add(Configure);
        Modify(0, memory, 1, 0);
    }

    /// <summary>Gives the tile registers back (TILERELEASE).</summary>
    public void TileRelease()
    {
        TilePrefix(NoPrefix, 0, 0);
        bytes.AddRange([Configure, 0xC0]);
    }

    /// <summary>Fills a tile register with zeros (TILEZERO).</summary>
    public void TileZero(int tile)
    {
        TilePrefix(PrefixF2, 0, 0);
        bytes.AddRange([Configure, (byte)(0xC0 | (tile << 3))]);
    }

    /// <summary>Loads rows (TILELOADD).</summary>
    /// <param name="tile">Tile register.</param>
    /// <param name="memory">First row.</param>
    /// <param name="stride">General register with the bytes from row to row; not rsp.</param>
    public void TileLoad(int tile, Operand memory, int stride) => TileRows(PrefixF2, tile, memory, stride);

    /// <summary>Stores rows (TILESTORED).</summary>
    /// <param name="memory">First row.</param>
    /// <param name="stride">General register with the bytes from row to row; not rsp.</param>
    /// <param name="tile">Tile register.</param>
    public void TileStore(Operand memory, int stride, int tile) => TileRows(PrefixF3, tile, memory, stride);

    /// <summary>Adds a product (TDPBUSD or TDPBF16PS).</summary>
    public void TileMultiply(TileOperands tiles)
    {
        bool isBytes = tiles.Products == TileProducts.Bytes;
        TilePrefix(isBytes ? Prefix66 : PrefixF3, 0, 0, tiles.Right);
        bytes.AddRange([(byte)(isBytes ? 0x5E : 0x5C), (byte)(0xC0 | (tiles.Sums << 3) | tiles.Left)]);
    }

    // Rows are addressed by a base and an index, the distance from row to row.
    private void TileRows(int prefix, int tile, Operand memory, int stride)
    {
        TilePrefix(prefix, stride, memory.Register);
        bytes.Add(Rows);
        bool isShort = memory.Offset is >= sbyte.MinValue and <= sbyte.MaxValue;
        int low = memory.Register & 7;
        int mode = memory.Offset == 0 && low != GeneralRegister.Rbp ? 0 : isShort ? 0x40 : 0x80;
        bytes.Add((byte)(mode | (tile << 3) | 4));
        bytes.Add((byte)(((stride & 7) << 3) | low));
        if (mode == 0x40)
        {
            bytes.Add(unchecked((byte)memory.Offset));
        }
        else if (mode == 0x80)
        {
            Add32(memory.Offset);
        }
    }

    private void TilePrefix(int prefix, int index, int address, int vvvv = 0)
    {
        bytes.Add(0xC4);
        bytes.Add((byte)(0x80 | (index > 7 ? 0 : 0x40) | (address > 7 ? 0 : 0x20) | 2));
        bytes.Add((byte)(((~vvvv & 0xF) << 3) | prefix));
    }
}
