using System.Buffers.Binary;

namespace Attune.Kernels.Loops.X64;

/// <content>Matrix tiles. Each of a program has a register of its own, whose extents are set when the kernel begins.</content>
internal sealed partial class X64Lowering
{
    // Layout of the memory that says how large tiles are (Software Developer's Manual, volume 1, 18.3): bytes of a row from 16 on, rows from 48 on.
    private const int ConfigurationBytes = 64;
    private const int RowBytesAt = 16;
    private const int RowsAt = 48;

    private readonly Dictionary<MatrixTile, int> matrices = [];
    private readonly Dictionary<long, int> strides = [];

    private void BeginTiles()
    {
        var scan = new TileScan();
        scan.Visit(program.Body);
        if (scan.Tiles.Count == 0)
        {
            return;
        }

        if (scan.Tiles.Count > MatrixTile.MaxTiles)
        {
            refusal ??= $"The kernel has {scan.Tiles.Count} matrix tiles; there are {MatrixTile.MaxTiles}.";
            return;
        }

        Span<byte> configuration = stackalloc byte[ConfigurationBytes];
        configuration[0] = 1;
        foreach (MatrixTile tile in scan.Tiles)
        {
            int register = matrices.Count;
            matrices[tile] = register;
            BinaryPrimitives.WriteUInt16LittleEndian(configuration[(RowBytesAt + (2 * register))..], (ushort)(tile.Words * sizeof(int)));
            configuration[RowsAt + register] = (byte)tile.Rows;
        }

        code.Add(new MachineInstruction(MachineOperation.TileConfigure) { Operand = Operand.Constant(code.Constants.Place(configuration)) });

        // Distances of rows stay in registers.
        foreach (long bytes in scan.Strides)
        {
            strides[bytes] = IndexOf(bytes);
        }
    }

    private void EndTiles()
    {
        if (matrices.Count > 0)
        {
            code.Add(new MachineInstruction(MachineOperation.TileRelease));
        }
    }

    private void LowerTile(Statement statement)
    {
        if (refusal is not null)
        {
            return;
        }

        code.Add(statement switch
        {
            TileZero zero => new MachineInstruction(MachineOperation.TileZero) { Immediate = matrices[zero.Tile] },
            TileLoad load => new MachineInstruction(MachineOperation.TileLoad)
            {
                Immediate = matrices[load.Tile],
                Source = strides[load.Stride * sizeof(int)],
                Operand = Memory(load.Buffer, load.Offset),
            },
            TileStore store => new MachineInstruction(MachineOperation.TileStore)
            {
                Immediate = matrices[store.Tile],
                Source = strides[store.Stride * sizeof(int)],
                Operand = Memory(store.Buffer, store.Offset),
            },
            TileMultiply product => new MachineInstruction(MachineOperation.TileMultiply)
            {
                Immediate = new TileOperands(matrices[product.Sums], matrices[product.Left], matrices[product.Right], product.Products).Packed,
            },
            _ => throw new InvalidOperationException($"{statement.GetType().Name} has no tiles."),
        });
    }

    /// <summary>Finds the tiles of a program, in the order in which they are written, and the distances of rows, bytes.</summary>
    private sealed class TileScan : Walker
    {
        public List<MatrixTile> Tiles { get; } = [];

        public SortedSet<long> Strides { get; } = [];

        protected override void Visit(Statement statement)
        {
            switch (statement)
            {
                case TileZero zero:
                    Add(zero.Tile);
                    break;
                case TileLoad load:
                    Add(load.Tile);
                    Strides.Add(load.Stride * sizeof(int));
                    break;
                case TileStore store:
                    Strides.Add(store.Stride * sizeof(int));
                    break;
            }

            base.Visit(statement);
        }

        private void Add(MatrixTile tile)
        {
            if (!Tiles.Contains(tile))
            {
                Tiles.Add(tile);
            }
        }
    }
}
