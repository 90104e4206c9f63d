using Attune.Kernels;

namespace Attune.Bench.Fuzz.Graphs;

/// <summary>Matrix products.</summary>
internal static class MatrixRecipes
{
    /// <summary>A product with a constant, mostly on the right, of any rank.</summary>
    public static void ConstantProduct(GraphDraw d)
    {
        if (d.PickRank(2, 3, 4) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        int columns = d.Channel();
        if (d.Chance(0.1))
        {
            if (shape.Count / shape[-2] * columns <= GraphDraw.MaxElements)
            {
                d.Add("MatMul", [d.Numbers(Shape.Of(columns, shape[-2]), shape[-2]), x]);
            }

            return;
        }

        string product = Times(d, x, columns) ?? string.Empty;
        if (product.Length > 0 && d.Chance(0.4))
        {
            string bias = d.Numbers(Shape.Of(columns));
            d.Add("Add", d.Chance(0.5) ? [product, bias] : [bias, product]);
        }
    }

    /// <summary>A product with a constant matrix; null when it would be too large.</summary>
    public static string? Times(GraphDraw d, string x, int columns)
    {
        Shape shape = d.ShapeOf(x);
        int depth = shape[-1];
        long rows = shape.Count / depth;
        if (rows * columns > GraphDraw.MaxElements || rows * columns * depth > GraphDraw.MaxProducts)
        {
            return null;
        }

        // A constant with a batch axis in front, of one matrix or of several.
        Shape matrix = shape.Rank > 2 && d.Chance(0.1) ? Shape.Of(d.Chance(0.5) ? 1 : shape[-3], depth, columns) : Shape.Of(depth, columns);
        return d.Add("MatMul", [x, d.Numbers(matrix, depth)]);
    }

    public static void Gemm(GraphDraw d)
    {
        if (d.PickRank(2) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        bool turned = d.Chance(0.15);
        bool transposed = d.Chance(0.5);
        int rows = turned ? shape[1] : shape[0];
        int depth = turned ? shape[0] : shape[1];
        int columns = d.Channel();
        if ((long)rows * columns > GraphDraw.MaxElements || (long)rows * columns * depth > GraphDraw.MaxProducts)
        {
            return;
        }

        Shape bias = d.OneOf(Shape.Of(columns), Shape.Of(columns), Shape.Of(1, columns), Shape.Of(rows, columns), Shape.Of(rows, 1), Shape.Of(1), Shape.Scalar);
        List<string> operands = [x, d.Numbers(transposed ? Shape.Of(columns, depth) : Shape.Of(depth, columns), depth)];
        if (d.Opset < 11 || d.Chance(0.8))
        {
            string? sum = d.Chance(0.1) ? d.Pick(other => other.Equals(Shape.Of(rows, columns)) || other.Equals(Shape.Of(columns))) : null;
            operands.Add(sum ?? d.Numbers(bias));
        }

        List<(string, object)> attributes = [("transA", turned ? 1L : 0), ("transB", transposed ? 1L : 0)];
        if (d.Chance(0.25))
        {
            attributes.Add(("alpha", d.OneOf(0.5f, -1f, 2f)));
        }

        if (d.Chance(0.25))
        {
            attributes.Add(("beta", d.OneOf(0.5f, -1f, 0f)));
        }

        d.Add("Gemm", operands.ToArray(), attributes.ToArray());
    }

    /// <summary>A product of two activations, of equal or of stretched batches.</summary>
    public static void Product(GraphDraw d)
    {
        if (d.PickRank(2, 3, 4) is not { } x)
        {
            return;
        }

        Shape left = d.ShapeOf(x);
        string? other = d.Pick(shape => shape.Rank >= 2 && shape[-2] == left[-1] && Fits(left, shape));
        if (other is null || d.Chance(0.3))
        {
            // Its own transpose fits always.
            long[] order = [.. Enumerable.Range(0, left.Rank - 2).Select(axis => (long)axis), left.Rank - 1, left.Rank - 2];
            other = left.Count / left[-1] * left[-2] <= GraphDraw.MaxElements ? d.Add("Transpose", [x], ("perm", order)) : null;
        }

        if (other is not null && Fits(left, d.ShapeOf(other)))
        {
            d.Add("MatMul", [x, other]);
        }
    }

    private static bool Fits(Shape left, Shape right)
    {
        long batch = 1;
        for (int i = 3; i <= Math.Max(left.Rank, right.Rank); i++)
        {
            long a = i <= left.Rank ? left.Dimensions[^i] : 1;
            long b = i <= right.Rank ? right.Dimensions[^i] : 1;
            if (a != b && a != 1 && b != 1)
            {
                return false;
            }

            batch *= Math.Max(a, b);
        }

        return batch * left[-2] * right[-1] <= GraphDraw.MaxElements && batch * left[-2] * right[-1] * left[-1] <= GraphDraw.MaxProducts;
    }
}
