using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Attune.Learning.Networks;

/// <summary>Products of dense row-major matrices of floats in tiles of four rows and two vectors, which stay in registers. One thread; no allocation.</summary>
internal static class MatrixProduct
{
    private const int TileRows = 4;

    /// <summary>target (rows x columns) := left (rows x inner) times right (inner x columns), added to what is there when asked.</summary>
    public static void Multiply(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> target, int rows, int inner, int columns, bool adds = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(left.Length, rows * inner);
        ArgumentOutOfRangeException.ThrowIfLessThan(right.Length, inner * columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, rows * columns);
        int row = 0;
        int wide = columns - (columns % (2 * Vector<float>.Count));
        for (; row + TileRows <= rows; row += TileRows)
        {
            for (int column = 0; column < wide; column += 2 * Vector<float>.Count)
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
    public static void Transpose(ReadOnlySpan<float> source, Span<float> target, int rows, int columns)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                target[(j * rows) + i] = source[(i * columns) + j];
            }
        }
    }

    private static void Tile(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> target, int inner, int columns, bool adds)
    {
        int width = Vector<float>.Count;
        ref float a = ref MemoryMarshal.GetReference(left);
        ref float b = ref MemoryMarshal.GetReference(right);
        Vector<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        for (int k = 0; k < inner; k++)
        {
            Vector<float> b0 = Vector.LoadUnsafe(ref b, (nuint)(k * columns));
            Vector<float> b1 = Vector.LoadUnsafe(ref b, (nuint)((k * columns) + width));
            var x = new Vector<float>(Unsafe.Add(ref a, k));
            c00 = Vector.FusedMultiplyAdd(x, b0, c00);
            c01 = Vector.FusedMultiplyAdd(x, b1, c01);
            x = new Vector<float>(Unsafe.Add(ref a, inner + k));
            c10 = Vector.FusedMultiplyAdd(x, b0, c10);
            c11 = Vector.FusedMultiplyAdd(x, b1, c11);
            x = new Vector<float>(Unsafe.Add(ref a, (2 * inner) + k));
            c20 = Vector.FusedMultiplyAdd(x, b0, c20);
            c21 = Vector.FusedMultiplyAdd(x, b1, c21);
            x = new Vector<float>(Unsafe.Add(ref a, (3 * inner) + k));
            c30 = Vector.FusedMultiplyAdd(x, b0, c30);
            c31 = Vector.FusedMultiplyAdd(x, b1, c31);
        }

        Store(target, c00, c01, adds);
        Store(target[columns..], c10, c11, adds);
        Store(target[(2 * columns)..], c20, c21, adds);
        Store(target[(3 * columns)..], c30, c31, adds);
    }

    private static void Store(Span<float> target, Vector<float> first, Vector<float> second, bool adds)
    {
        Span<float> rest = target[Vector<float>.Count..];
        (adds ? first + new Vector<float>(target) : first).CopyTo(target);
        (adds ? second + new Vector<float>(rest) : second).CopyTo(rest);
    }

    /// <summary>Columns from one on, of one row.</summary>
    private static void Rest(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> target, int from, bool adds)
    {
        int columns = target.Length;
        if (from == columns)
        {
            return;
        }

        Span<float> own = target[from..];
        if (!adds)
        {
            own.Clear();
        }

        for (int k = 0; k < left.Length; k++)
        {
            // One-hot inputs are mostly zeros.
            if (left[k] == 0)
            {
                continue;
            }

            ReadOnlySpan<float> row = right.Slice((k * columns) + from, columns - from);
            var factor = new Vector<float>(left[k]);
            int j = 0;
            for (; j <= own.Length - Vector<float>.Count; j += Vector<float>.Count)
            {
                Vector.FusedMultiplyAdd(factor, new Vector<float>(row[j..]), new Vector<float>(own[j..])).CopyTo(own[j..]);
            }

            for (; j < own.Length; j++)
            {
                own[j] += left[k] * row[j];
            }
        }
    }
}
