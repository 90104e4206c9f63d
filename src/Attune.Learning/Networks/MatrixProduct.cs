using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Attune.Learning.Networks;

/// <summary>Products of dense row-major matrices in tiles of four rows and two vectors, which stay in registers. One thread; no allocation.</summary>
internal static class MatrixProduct
{
    private const int TileRows = 4;

    /// <summary>target (rows x columns) := left (rows x inner) times right (inner x columns), added to what is there when asked.</summary>
    public static void Multiply<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> target, int rows, int inner, int columns, bool adds = false)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(left.Length, rows * inner);
        ArgumentOutOfRangeException.ThrowIfLessThan(right.Length, inner * columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, rows * columns);
        int row = 0;
        int wide = columns - (columns % (2 * Vector<T>.Count));
        for (; row + TileRows <= rows; row += TileRows)
        {
            for (int column = 0; column < wide; column += 2 * Vector<T>.Count)
            {
                Tile(left[(row * inner)..], right[column..], target[((row * columns) + column)..], inner, columns, adds);
            }

            for (int r = row; r < row + TileRows; r++)
            {
                Rest(left.Slice(r * inner, inner), right, target.Slice(r * columns, columns), wide, adds);
            }
        }

        for (; row < rows; row++)
        {
            Rest(left.Slice(row * inner, inner), right, target.Slice(row * columns, columns), 0, adds);
        }
    }

    /// <summary>target (columns x rows) := source (rows x columns) turned.</summary>
    public static void Transpose<T>(ReadOnlySpan<T> source, Span<T> target, int rows, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                target[(j * rows) + i] = source[(i * columns) + j];
            }
        }
    }

    private static void Tile<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> target, int inner, int columns, bool adds)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int width = Vector<T>.Count;
        ref T a = ref MemoryMarshal.GetReference(left);
        ref T b = ref MemoryMarshal.GetReference(right);
        Vector<T> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        for (int k = 0; k < inner; k++)
        {
            Vector<T> b0 = Vector.LoadUnsafe(ref b, (nuint)(k * columns));
            Vector<T> b1 = Vector.LoadUnsafe(ref b, (nuint)((k * columns) + width));
            var x = new Vector<T>(Unsafe.Add(ref a, k));
            c00 = VectorFunctions.MultiplyAdd(x, b0, c00);
            c01 = VectorFunctions.MultiplyAdd(x, b1, c01);
            x = new Vector<T>(Unsafe.Add(ref a, inner + k));
            c10 = VectorFunctions.MultiplyAdd(x, b0, c10);
            c11 = VectorFunctions.MultiplyAdd(x, b1, c11);
            x = new Vector<T>(Unsafe.Add(ref a, (2 * inner) + k));
            c20 = VectorFunctions.MultiplyAdd(x, b0, c20);
            c21 = VectorFunctions.MultiplyAdd(x, b1, c21);
            x = new Vector<T>(Unsafe.Add(ref a, (3 * inner) + k));
            c30 = VectorFunctions.MultiplyAdd(x, b0, c30);
            c31 = VectorFunctions.MultiplyAdd(x, b1, c31);
        }

        Store(target, c00, c01, adds);
        Store(target[columns..], c10, c11, adds);
        Store(target[(2 * columns)..], c20, c21, adds);
        Store(target[(3 * columns)..], c30, c31, adds);
    }

    private static void Store<T>(Span<T> target, Vector<T> first, Vector<T> second, bool adds)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<T> rest = target[Vector<T>.Count..];
        (adds ? first + new Vector<T>(target) : first).CopyTo(target);
        (adds ? second + new Vector<T>(rest) : second).CopyTo(rest);
    }

    /// <summary>Columns from one on, of one row.</summary>
    private static void Rest<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> target, int from, bool adds)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int columns = target.Length;
        if (from == columns)
        {
            return;
        }

        Span<T> own = target[from..];
        if (!adds)
        {
            own.Clear();
        }

        for (int k = 0; k < left.Length; k++)
        {
            // One-hot inputs are mostly zeros.
            if (left[k] == T.Zero)
            {
                continue;
            }

            ReadOnlySpan<T> row = right.Slice((k * columns) + from, columns - from);
            var factor = new Vector<T>(left[k]);
            int j = 0;
            for (; j <= own.Length - Vector<T>.Count; j += Vector<T>.Count)
            {
                VectorFunctions.MultiplyAdd(factor, new Vector<T>(row[j..]), new Vector<T>(own[j..])).CopyTo(own[j..]);
            }

            for (; j < own.Length; j++)
            {
                own[j] += left[k] * row[j];
            }
        }
    }
}
