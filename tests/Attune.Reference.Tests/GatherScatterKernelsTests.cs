using Attune.Kernels;

namespace Attune.Reference.Tests;

public class GatherScatterKernelsTests
{
    [Fact]
    public void Gather_replaces_one_axis_by_the_indices_shape()
    {
        Kernel.Run(
            "Gather", Attributes.None.With("axis", 1), Kernel.Ramp(2, 3), Tensor.Of(Shape.Of(1, 2), new long[] { 2, 0 })).ShouldBe([2, 1, 2], [2, 0, 5, 3]);
        Should.Throw<ArgumentException>(() => Kernel.Run("Gather", Kernel.Ramp(2), Tensor.Vector(2L)));
    }

    [Fact]
    public void Gather_elements_and_slices()
    {
        Tensor x = Kernel.Ramp(2, 2);
        Kernel.Run("GatherElements", Attributes.None.With("axis", 1), x, Tensor.Of(Shape.Of(2, 1), new long[] { 1, 0 })).ShouldBe([2, 1], [1, 2]);
        Kernel.Run("GatherND", x, Tensor.Of(Shape.Of(2, 1), new long[] { 1, 0 })).ShouldBe([2, 2], [2, 3, 0, 1]);
        Kernel.Run("GatherND", Attributes.None.With("batch_dims", 1), x, Tensor.Of(Shape.Of(2, 1), new long[] { 1, 0 })).ShouldBe([2], [1, 2]);
    }

    [Fact]
    public void Scatter_writes_or_combines()
    {
        Tensor zeros = Kernel.Floats(Shape.Of(3), _ => 1);
        Tensor indices = Tensor.Vector(0L, 0);
        Tensor updates = Tensor.Vector(2f, 5);
        Kernel.Run("ScatterElements", zeros, indices, updates).ShouldBe([3], [5, 1, 1]);
        Kernel.RunAll("ScatterElements", 18, 1, Attributes.None.With("reduction", "add"), zeros, indices, updates)[0].ShouldBe([3], [8, 1, 1]);
        Kernel.RunAll("ScatterElements", 18, 1, Attributes.None.With("reduction", "max"), zeros, indices, updates)[0].ShouldBe([3], [5, 1, 1]);
        Kernel.Run(
            "ScatterND",
            Kernel.Ramp(2, 2),
            Tensor.Of(Shape.Of(1, 1), new long[] { 1 }),
            Tensor.Of(Shape.Of(1, 2), new float[] { 8, 9 })).ShouldBe([2, 2], [0, 1, 8, 9]);
    }

    [Fact]
    public void The_best_come_first_and_ties_keep_their_order()
    {
        Tensor[] best = Kernel.RunAll("TopK", 11, 2, Attributes.None, Tensor.Vector(1f, 3, 2, 3), Tensor.Vector(3L));
        best[0].ShouldBe([3], [3, 3, 2]);
        best[1].Elements<long>().ShouldBe([1, 3, 2]);
        Kernel.Run("ArgMax", Attributes.None.With("keepdims", 0), Tensor.Vector(1f, 3, 3)).Elements<long>().ShouldBe([1]);
        Kernel.Run("ArgMax", Attributes.None.With("keepdims", 0).With("select_last_index", 1), Tensor.Vector(1f, 3, 3)).Elements<long>().ShouldBe([2]);
    }

    [Fact]
    public void Running_sums_go_either_way()
    {
        Kernel.Run("CumSum", Kernel.Ramp(4), Tensor.Scalar(0L)).ShouldBe([4], [0, 1, 3, 6]);
        Kernel.Run("CumSum", Attributes.None.With("exclusive", 1).With("reverse", 1), Kernel.Ramp(4), Tensor.Scalar(0L)).ShouldBe([4], [6, 5, 3, 0]);
    }

    [Fact]
    public void One_hot_puts_the_new_axis_where_told() =>
        Kernel.Run(
            "OneHot", Attributes.None.With("axis", 0), Tensor.Vector(1L, -1), Tensor.Scalar(3L), Tensor.Vector(0f, 7)).ShouldBe([3, 2], [0, 0, 7, 0, 0, 7]);

    [Fact]
    public void Nearest_and_linear_resize_meet_known_values()
    {
        Tensor x = Tensor.Of(Shape.Of(1, 1, 2), new float[] { 0, 4 });
        Tensor doubled = Tensor.Vector(1f, 1, 2);
        Kernel.Run("Resize", x, null, doubled).ShouldBe([1, 1, 4], [0, 0, 4, 4]);
        Kernel.Run("Resize", Attributes.None.With("mode", "linear"), x, null, doubled).ShouldBe([1, 1, 4], [0, 1, 3, 4]);
        Kernel.Run(
            "Resize",
            Attributes.None.With("mode", "linear").With("coordinate_transformation_mode", "align_corners"),
            x,
            null,
            null,
            Tensor.Vector(1L, 1, 3)).ShouldBe([1, 1, 3], [0, 2, 4]);
        Kernel.RunAll("Upsample", 9, 1, Attributes.None, x, doubled)[0].ShouldBe([1, 1, 4], [0, 0, 4, 4]);
    }

    [Fact]
    public void Quantisation_rounds_ties_to_even_and_saturates()
    {
        Tensor q = Kernel.Run("QuantizeLinear", Tensor.Vector(1f, 3, 1000, -1000), Tensor.Scalar(2f), Tensor.Scalar((byte)10));
        q.Elements<byte>().ShouldBe([(byte)10, 12, 255, 0]);
        Kernel.Run("DequantizeLinear", q, Tensor.Scalar(2f), Tensor.Scalar((byte)10)).ShouldBe([4], [0, 4, 490, -20]);
    }

    [Fact]
    public void Einstein_sums_contract_trace_and_broadcast()
    {
        Tensor x = Kernel.Ramp(2, 2);
        Kernel.Run("Einsum", Attributes.None.With("equation", "ij,jk->ik"), x, x).ShouldBe([2, 2], [2, 3, 6, 11]);
        Kernel.Run("Einsum", Attributes.None.With("equation", "ii"), x).ShouldBe([], [3]);
        Kernel.Run("Einsum", Attributes.None.With("equation", "...i,i->..."), x, Tensor.Vector(1f, 10)).ShouldBe([2], [10, 32]);
    }
}
