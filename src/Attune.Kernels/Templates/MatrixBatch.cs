namespace Attune.Kernels.Templates;

/// <summary>Which matrices a batch of products pairs: product (outer, inner) takes left matrix outer LeftOuter + inner LeftInner, and so on.</summary>
/// <param name="Outer">Products along the outer axis.</param>
/// <param name="Inner">Products along the inner axis.</param>
/// <param name="LeftOuter">Matrices from one outer index to the next; 0 when the operand is repeated.</param>
/// <param name="LeftInner">Matrices from one inner index to the next.</param>
/// <param name="RightOuter">As for the left operand.</param>
/// <param name="RightInner">As for the left operand.</param>
internal sealed record MatrixBatch(int Outer, int Inner, int LeftOuter, int LeftInner, int RightOuter, int RightInner)
{
    /// <summary>Number of products.</summary>
    public int Count => Outer * Inner;

    /// <summary>
    /// The pairs that numpy's broadcasting of leading axes makes; null when the extents do not broadcast, or when the axes alternate between repeating and
    /// advancing more than once, which two axes cannot express.
    /// </summary>
    /// <param name="left">Leading extents of the left operand.</param>
    /// <param name="right">Leading extents of the right operand.</param>
    public static MatrixBatch? Of(ReadOnlySpan<long> left, ReadOnlySpan<long> right)
    {
        int rank = Math.Max(left.Length, right.Length);
        var axes = new List<(int Extent, bool Left, bool Right)>();
        for (int i = 0; i < rank; i++)
        {
            long l = i < rank - left.Length ? 1 : left[i - rank + left.Length];
            long r = i < rank - right.Length ? 1 : right[i - rank + right.Length];
            if (l != r && l != 1 && r != 1)
            {
                return null;
            }

            int extent = checked((int)Math.Max(l, r));
            if (extent == 1)
            {
                continue;
            }

            (int Extent, bool Left, bool Right) axis = (extent, l > 1, r > 1);
            if (axes.Count > 0 && (axes[^1].Left, axes[^1].Right) == (axis.Left, axis.Right))
            {
                axes[^1] = axis with { Extent = checked(axes[^1].Extent * extent) };
            }
            else
            {
                axes.Add(axis);
            }
        }

        if (axes.Count > 2)
        {
            return null;
        }

        (int Extent, bool Left, bool Right) inner = axes.Count > 0 ? axes[^1] : (1, true, true);
        (int Extent, bool Left, bool Right) outer = axes.Count > 1 ? axes[0] : (1, true, true);
        return new MatrixBatch(
            outer.Extent,
            inner.Extent,
            outer.Left ? (inner.Left ? inner.Extent : 1) : 0,
            inner.Left ? 1 : 0,
            outer.Right ? (inner.Right ? inner.Extent : 1) : 0,
            inner.Right ? 1 : 0);
    }
}
