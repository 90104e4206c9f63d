using Attune.Kernels;

namespace Attune.Reference.Tests;

public class MatrixKernelsTests
{
    [Fact]
    public void Gemm_scales_the_product_and_the_broadcast_bias()
    {
        Tensor a = Tensor.Of(Shape.Of(2, 2), new float[] { 1, 2, 3, 4 });
        Tensor b = Tensor.Of(Shape.Of(2, 2), new float[] { 5, 6, 7, 8 });
        Attributes scaled = Attributes.None.With("alpha", 2f).With("beta", 10f);
        Kernel.Run("Gemm", scaled, a, b, Tensor.Vector(1f, 2)).ShouldBe([2, 2], [48, 64, 96, 120]);
        Kernel.Run("Gemm", Attributes.None.With("transA", 1), a, b).ShouldBe([2, 2], [26, 30, 38, 44]);
        Kernel.Run("Gemm", Attributes.None.With("transB", 1), a, b).ShouldBe([2, 2], [17, 23, 39, 53]);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 17, 33)]
    [InlineData(4, 8, 64)]
    [InlineData(7, 70, 3)]
    public void The_blocked_product_equals_the_definition(int m, int n, int k)
    {
        var random = new Random(11);
        Tensor a = Kernel.Random(random, m, k);
        Tensor b = Kernel.Random(random, k, n);
        Tensor expected = Kernel.Floats(Shape.Of(m, n), i =>
            (float)Enumerable.Range(0, k).Sum(j => (double)a.Elements<float>()[(i / n * k) + j] * b.Elements<float>()[(j * n) + (i % n)]));
        Kernel.Run("MatMul", a, b).ShouldBeNear(expected);
        Kernel.RunAll(FusedOperators.Dense, 1, 1, Attributes.None, a, b)[0].ShouldBeNear(expected);
        Kernel.RunAll(FusedOperators.Dense, 1, 1, Attributes.None.With("transB", 1), a, Kernel.Run("Transpose", b))[0].ShouldBeNear(expected);
    }

    [Fact]
    public void Batches_broadcast_and_vectors_are_promoted()
    {
        Tensor a = Kernel.Ramp(2, 1, 1, 2);
        Tensor b = Kernel.Ramp(2, 2, 1);
        Kernel.Run("MatMul", a, b).ShouldBe([2, 2, 1, 1], [1, 3, 3, 13]);
        Kernel.Run("MatMul", Kernel.Ramp(3), Kernel.Ramp(3)).ShouldBe([], [5]);
    }

    [Fact]
    public void Fused_dense_adds_bias_and_residual_before_the_activation()
    {
        Tensor x = Tensor.Of(Shape.Of(1, 2, 1), new float[] { 1, -1 });
        Tensor w = Tensor.Of(Shape.Of(1, 2), new float[] { 2, 3 });
        Tensor y = Kernel.RunAll(
            FusedOperators.Dense,
            1,
            1,
            Attributes.None.With(FusedOperators.Activation, "relu"),
            x,
            w,
            Tensor.Vector(1f, -1),
            Tensor.Of(Shape.Of(1, 2, 2), new float[] { 10, 20, 0, 5 }))[0];
        y.ShouldBe([1, 2, 2], [13, 22, 0, 1]);
    }

    [Fact]
    public void Integers_wrap_and_quantised_products_centre_first()
    {
        Tensor a = Tensor.Of(Shape.Of(1, 2), new byte[] { 11, 7 });
        Tensor b = Tensor.Of(Shape.Of(2, 1), new byte[] { 3, 4 });
        Kernel.Run("MatMulInteger", a, b, Tensor.Scalar((byte)12), Tensor.Scalar((byte)1)).Elements<int>().ShouldBe([((-1) * 2) + ((-5) * 3)]);
    }
}
