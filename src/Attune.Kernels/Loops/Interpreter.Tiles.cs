using System.Runtime.InteropServices;

namespace Attune.Kernels.Loops;

/// <content>Matrices in registers of their own, by Intel's definition of AMX (Software Developer's Manual, volume 2: TDPBUSD, TDPBF16PS).</content>
internal sealed partial class Interpreter
{
    private readonly Dictionary<MatrixTile, int[]> matrices = [];

    private void RunTile(Statement statement)
    {
        switch (statement)
        {
            case TileZero zero:
                matrices[zero.Tile] = new int[zero.Tile.Rows * zero.Tile.Words];
                break;
            case TileLoad load:
                var words = new int[load.Tile.Rows * load.Tile.Words];
                for (int row = 0; row < load.Tile.Rows; row++)
                {
                    MemoryMarshal.Cast<float, int>(Seen(load.Buffer, RowOf(load.Offset, load.Stride, row), load.Tile.Words))
                        .CopyTo(words.AsSpan(row * load.Tile.Words));
                }

                matrices[load.Tile] = words;
                break;
            case TileStore store:
                for (int row = 0; row < store.Tile.Rows; row++)
                {
                    int at = RowOf(store.Offset, store.Stride, row);
                    matrices[store.Tile].AsSpan(row * store.Tile.Words, store.Tile.Words)
                        .CopyTo(MemoryMarshal.Cast<float, int>(Words(store.Buffer).AsSpan()).Slice(at, store.Tile.Words));
                    Touch(store.Buffer, at, store.Tile.Words, writes: true);
                }

                break;
            case TileMultiply product:
                Multiply(product);
                break;
        }
    }

    private int RowOf(Index offset, long stride, int row) => (int)(offset.Evaluate(variables) + (row * stride));

    private void Multiply(TileMultiply product)
    {
        int[] sums = matrices[product.Sums];
        int[] left = matrices[product.Left];
        int[] right = matrices[product.Right];
        int depth = product.Left.Words;
        int columns = product.Sums.Words;
        for (int row = 0; row < product.Sums.Rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                ref int sum = ref sums[(row * columns) + column];
                if (product.Products == TileProducts.Bytes)
                {
                    for (int k = 0; k < depth; k++)
                    {
                        sum = unchecked(sum + Dot(left[(row * depth) + k], right[(k * columns) + column]));
                    }

                    continue;
                }

                float first = 0;
                float second = 0;
                for (int k = 0; k < depth; k++)
                {
                    int a = left[(row * depth) + k];
                    int b = right[(k * columns) + column];
                    first = MathF.FusedMultiplyAdd(Upper(a << 16), Upper(b << 16), first);
                    second = MathF.FusedMultiplyAdd(Upper(a), Upper(b), second);
                }

                sum = BitConverter.SingleToInt32Bits(BitConverter.Int32BitsToSingle(sum) + (first + second));
            }
        }
    }
}
