using System.Numerics;

namespace Attune.Reference.Operators;

/// <summary>
/// The one product of matrices that convolutions and matrix operators share: c[m, n] = sum_k a[m, k] b[k, n] in double precision, every sum
/// in the order of k. The right matrix is supplied in narrow column panels, so that a convolution can gather them straight from its image.
/// </summary>
internal static class MatrixProduct
{
    private const int RowsPerTile = 4;
    private const int MaxPanelElements = 1 << 19;

    /// <summary>Fills a panel: element [k * width + j] is b[k, column + j] for the first <paramref name="count"/> values of j; the rest stays zero.</summary>
    /// <param name="column">First column.</param>
    /// <param name="count">Number of columns that exist.</param>
    /// <param name="width">Number of columns in a panel.</param>
    /// <param name="panel">Destination, width elements for each k, already zero.</param>
    internal delegate void ColumnSource(int column, int count, int width, Span<double> panel);

    /// <summary>Adds the product to <paramref name="c"/>.</summary>
    /// <param name="m">Rows of a and c.</param>
    /// <param name="n">Columns of b and c.</param>
    /// <param name="k">Columns of a, rows of b.</param>
    /// <param name="a">Left matrix, row-major.</param>
    /// <param name="columns">Right matrix.</param>
    /// <param name="c">Result, row-major.</param>
    public static void Accumulate(int m, int n, int k, ReadOnlySpan<double> a, ColumnSource columns, Span<double> c)
    {
        int width = 2 * Vector<double>.Count;
        int panelSize = Math.Max(1, k * width);
        int panels = Math.Clamp(MaxPanelElements / panelSize, 1, Math.Max(1, (n + width - 1) / width));
        var packed = new double[panels * panelSize];
        for (int first = 0; first < n; first += panels * width)
        {
            Array.Clear(packed);
            int last = Math.Min(n, first + (panels * width));
            for (int column = first; column < last; column += width)
            {
                columns(column, Math.Min(width, last - column), width, packed.AsSpan((column - first) / width * panelSize, panelSize));
            }

            for (int row = 0; row < m; row += RowsPerTile)
            {
                for (int column = first; column < last; column += width)
                {
                    ReadOnlySpan<double> panel = packed.AsSpan((column - first) / width * panelSize, panelSize);
                    int count = Math.Min(width, last - column);
                    if (row + RowsPerTile <= m)
                    {
                        FourRows(k, a[(row * k)..], panel, c[((row * n) + column)..], n, count);
                        continue;
                    }

                    for (int single = row; single < m; single++)
                    {
                        OneRow(k, a.Slice(single * k, k), panel, c.Slice((single * n) + column, count));
                    }
                }
            }
        }
    }

    /// <summary>A column source that reads a matrix with arbitrary strides.</summary>
    public static ColumnSource Strided(double[] b, int origin, int rowStride, int columnStride, int k) => (column, count, width, panel) =>
    {
        for (int row = 0; row < k; row++)
        {
            int from = origin + (row * rowStride) + (column * columnStride);
            for (int j = 0; j < count; j++)
            {
                panel[(row * width) + j] = b[from + (j * columnStride)];
            }
        }
    };

    /// <summary>
    /// As <see cref="Strided(double[], int, int, int, int)"/>, widening single precision on the way, so that large weights need no second copy.
    /// </summary>
    public static ColumnSource Strided(float[] b, int origin, int rowStride, int columnStride, int k) => (column, count, width, panel) =>
    {
        for (int row = 0; row < k; row++)
        {
            int from = origin + (row * rowStride) + (column * columnStride);
            for (int j = 0; j < count; j++)
            {
                panel[(row * width) + j] = b[from + (j * columnStride)];
            }
        }
    };

    private static void FourRows(int k, ReadOnlySpan<double> a, ReadOnlySpan<double> panel, Span<double> c, int pitch, int count)
    {
        int lanes = Vector<double>.Count;
        Vector<double> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        ReadOnlySpan<double> a0 = a[..k], a1 = a.Slice(k, k), a2 = a.Slice(2 * k, k), a3 = a.Slice(3 * k, k);
        for (int i = 0; i < k; i++)
        {
            var b0 = new Vector<double>(panel[(2 * i * lanes)..]);
            var b1 = new Vector<double>(panel[(((2 * i) + 1) * lanes)..]);
            c00 += a0[i] * b0;
            c01 += a0[i] * b1;
            c10 += a1[i] * b0;
            c11 += a1[i] * b1;
            c20 += a2[i] * b0;
            c21 += a2[i] * b1;
            c30 += a3[i] * b0;
            c31 += a3[i] * b1;
        }

        Store(c00, c01, c, count);
        Store(c10, c11, c[pitch..], count);
        Store(c20, c21, c[(2 * pitch)..], count);
        Store(c30, c31, c[(3 * pitch)..], count);
    }

    private static void OneRow(int k, ReadOnlySpan<double> a, ReadOnlySpan<double> panel, Span<double> c)
    {
        int lanes = Vector<double>.Count;
        Vector<double> c0 = default, c1 = default;
        for (int i = 0; i < k; i++)
        {
            c0 += a[i] * new Vector<double>(panel[(2 * i * lanes)..]);
            c1 += a[i] * new Vector<double>(panel[(((2 * i) + 1) * lanes)..]);
        }

        Store(c0, c1, c, c.Length);
    }

    private static void Store(Vector<double> low, Vector<double> high, Span<double> c, int count)
    {
        int lanes = Vector<double>.Count;
        for (int j = 0; j < count; j++)
        {
            c[j] += j < lanes ? low[j] : high[j - lanes];
        }
    }
}
