using System.Numerics;

namespace Attune.Compile.LowRank;

/// <summary>
/// Products of dense row-major matrices for the factorisation of weights: columns in panels of a few vectors, which are copied together so that a block of four
/// rows streams through them. Panels are shared out among the processors. Good for some ten GFLOP/s a core; inference has its own kernels. Stateless.
/// </summary>
internal static class BlockedProduct
{
    private const int Depth = 512;
    private const int Rows = 4;
    private static readonly int Panel = 4 * Vector<float>.Count;

    /// <summary>The product [m, n] of [m, k] and [k, n].</summary>
    public static float[] Of(float[] left, float[] right, int m, int k, int n)
    {
        var product = new float[(long)m * n];
        int panels = (n + Panel - 1) / Panel;
        Parallel.For(0, panels, () => new float[Depth * Panel], (panel, _, packed) =>
        {
            int first = panel * Panel;
            int columns = Math.Min(Panel, n - first);
            var sums = new float[Rows * Panel];
            for (int start = 0; start < k; start += Depth)
            {
                int depth = Math.Min(Depth, k - start);
                for (int i = 0; i < depth; i++)
                {
                    Span<float> line = packed.AsSpan(i * Panel, Panel);
                    right.AsSpan(((start + i) * n) + first, columns).CopyTo(line);
                    line[columns..].Clear();
                }

                for (int row = 0; row < m; row += Rows)
                {
                    int rows = Math.Min(Rows, m - row);
                    Block(left, row, rows, k, start, depth, packed, sums);
                    for (int r = 0; r < rows; r++)
                    {
                        Span<float> target = product.AsSpan(((row + r) * n) + first, columns);
                        ReadOnlySpan<float> sum = sums.AsSpan(r * Panel, columns);
                        for (int c = 0; c < columns; c++)
                        {
                            target[c] += sum[c];
                        }
                    }
                }
            }

            return packed;
        }, _ => { });
        return product;
    }

    /// <summary>The transpose [n, m] of [m, n].</summary>
    public static float[] Transpose(float[] matrix, int m, int n)
    {
        const int Tile = 32;
        var result = new float[matrix.Length];
        Parallel.For(0, (m + Tile - 1) / Tile, tile =>
        {
            for (int column = 0; column < n; column += Tile)
            {
                for (int i = tile * Tile; i < Math.Min(m, (tile + 1) * Tile); i++)
                {
                    for (int j = column; j < Math.Min(n, column + Tile); j++)
                    {
                        result[(j * m) + i] = matrix[(i * n) + j];
                    }
                }
            }
        });
        return result;
    }

    private static void Block(float[] left, int row, int rows, int k, int start, int depth, float[] packed, float[] sums)
    {
        int width = Vector<float>.Count;
        Array.Clear(sums);
        for (int pair = 0; pair < 4; pair += 2)
        {
            // Two vectors of four rows at a time: eight sums, which stay in registers.
            Vector<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
            int second = Math.Min(1, rows - 1) * k;
            int third = Math.Min(2, rows - 1) * k;
            int fourth = Math.Min(3, rows - 1) * k;
            int at = (row * k) + start;
            for (int i = 0; i < depth; i++, at++)
            {
                var x = new Vector<float>(packed, (i * Panel) + (pair * width));
                var y = new Vector<float>(packed, (i * Panel) + ((pair + 1) * width));
                a0 += x * left[at];
                a1 += y * left[at];
                b0 += x * left[at + second];
                b1 += y * left[at + second];
                c0 += x * left[at + third];
                c1 += y * left[at + third];
                d0 += x * left[at + fourth];
                d1 += y * left[at + fourth];
            }

            a0.CopyTo(sums, pair * width);
            a1.CopyTo(sums, (pair + 1) * width);
            b0.CopyTo(sums, Panel + (pair * width));
            b1.CopyTo(sums, Panel + ((pair + 1) * width));
            c0.CopyTo(sums, (2 * Panel) + (pair * width));
            c1.CopyTo(sums, (2 * Panel) + ((pair + 1) * width));
            d0.CopyTo(sums, (3 * Panel) + (pair * width));
            d1.CopyTo(sums, (3 * Panel) + ((pair + 1) * width));
        }
    }
}
