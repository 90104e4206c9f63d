using Attune.Kernels;
using Attune.Reference.Operators;

namespace Attune.Reference.Inference;

/// <summary>Matrix products, and sums over trees.</summary>
internal static class MatrixRules
{
    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new("MatMul", context => Product(context, 0, 1, Same(context, 0, 1))),
        new("MatMulInteger", context => Product(context, 0, 1, DataType.Int32)),
        new("QLinearMatMul", context => Product(context, 0, 3, context.Element(7))),
        new("Gemm", Gemm),
        new("Einsum", EinsumRule.Infer),
        new(TreeKernels.Operator, Trees),
    ];

    private static TensorType[] Trees(InferenceContext context)
    {
        long[] x = context.Extents(0, 1);
        return context.Result(DataType.Float32, x.Length == 1 ? 1 : x[0], context.Attributes.Int("n_targets", 1));
    }

    private static DataType Same(InferenceContext context, int left, int right)
    {
        context.Require(
            context.Element(left) == context.Element(right), $"The inputs have different element types, {context.Element(left)} and {context.Element(right)}.");
        return context.Element(left);
    }

    private static TensorType[] Product(InferenceContext context, int left, int right, DataType element)
    {
        long[] a = context.Extents(left, 1);
        long[] b = context.Extents(right, 1);
        bool row = a.Length == 1;
        bool column = b.Length == 1;
        a = row ? [1, a[0]] : a;
        b = column ? [b[0], 1] : b;
        context.Require(a[^1] == b[^2], $"{context.Shape(left)} times {context.Shape(right)}: the inner extents {a[^1]} and {b[^2]} differ.");
        Shape batch = Broadcasting.Join(Shape.Of(a[..^2]), Shape.Of(b[..^2])) ?? throw context.Fail(
            $"The leading extents of {context.Shape(left)} and {context.Shape(right)} do not fit.");
        List<long> y = [.. batch.Dimensions];
        if (!row)
        {
            y.Add(a[^2]);
        }

        if (!column)
        {
            y.Add(b[^1]);
        }

        return context.Result(element, y.ToArray());
    }

    private static TensorType[] Gemm(InferenceContext context)
    {
        long[] a = context.Extents(0);
        long[] b = context.Extents(1);
        context.Require(a.Length == 2 && b.Length == 2, $"Gemm needs matrices, not {context.Shape(0)} and {context.Shape(1)}.");
        bool transposeA = context.Attributes.Int("transA", 0) != 0;
        bool transposeB = context.Attributes.Int("transB", 0) != 0;
        (long m, long k) = transposeA ? (a[1], a[0]) : (a[0], a[1]);
        (long inner, long n) = transposeB ? (b[1], b[0]) : (b[0], b[1]);
        context.Require(k == inner, $"{context.Shape(0)} times {context.Shape(1)}: the inner extents {k} and {inner} differ.");
        var shape = Shape.Of(m, n);
        context.Require(!context.Has(2) || shape.Equals(Broadcasting.Join(shape, context.Shape(2))), $"The addend does not stretch to {shape}.");
        return [new TensorType(Same(context, 0, 1), shape)];
    }
}
