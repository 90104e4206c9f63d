using Attune.Kernels;

namespace Attune.Reference.Tests;

public class LayoutKernelsTests
{
    [Fact]
    public void Transpose_reverses_or_follows_the_permutation()
    {
        Kernel.Run("Transpose", Kernel.Ramp(2, 3)).ShouldBe([3, 2], [0, 3, 1, 4, 2, 5]);
        Kernel.Run("Transpose", Attributes.None.With("perm", new long[] { 0, 2, 1 }), Kernel.Ramp(1, 2, 2)).ShouldBe([1, 2, 2], [0, 2, 1, 3]);
        Should.Throw<ArgumentException>(() => Kernel.Run("Transpose", Attributes.None.With("perm", new long[] { 0, 0 }), Kernel.Ramp(2, 2)));
    }

    [Fact]
    public void Slices_clamp_step_and_count_from_the_end()
    {
        Tensor x = Kernel.Ramp(5);
        Kernel.Run("Slice", x, Tensor.Vector(1L), Tensor.Vector(100L)).ShouldBe([4], [1, 2, 3, 4]);
        Kernel.Run("Slice", x, Tensor.Vector(-1L), Tensor.Vector(-100L), Tensor.Vector(0L), Tensor.Vector(-2L)).ShouldBe([3], [4, 2, 0]);
        Kernel.Run("Slice", x, Tensor.Vector(3L), Tensor.Vector(1L)).ShouldBe([0], []);
        Kernel.RunAll("Slice", 9, 1, Attributes.None.With("starts", new long[] { 1 }).With("ends", new long[] { 3 }), x)[0].ShouldBe([2], [1, 2]);
    }

    [Theory]
    [InlineData("constant", new float[] { 9, 9, 0, 1, 2, 9 })]
    [InlineData("edge", new float[] { 0, 0, 0, 1, 2, 2 })]
    [InlineData("reflect", new float[] { 2, 1, 0, 1, 2, 1 })]
    [InlineData("wrap", new float[] { 1, 2, 0, 1, 2, 0 })]
    public void Pads_repeat_what_their_mode_says(string mode, float[] expected) =>
        Kernel.RunAll("Pad", 19, 1, Attributes.None.With("mode", mode), Kernel.Ramp(3), Tensor.Vector(2L, 1), Tensor.Scalar(9f))[0].ShouldBe([6], expected);

    [Fact]
    public void Negative_pads_cut() => Kernel.Run("Pad", Kernel.Ramp(4), Tensor.Vector(-1L, -1)).ShouldBe([2], [1, 2]);

    [Fact]
    public void Split_and_concat_undo_each_other()
    {
        Tensor x = Kernel.Ramp(2, 5);
        Tensor[] parts = Kernel.RunAll("Split", 13, 2, Attributes.None.With("axis", 1), x, Tensor.Vector(2L, 3));
        parts[0].ShouldBe([2, 2], [0, 1, 5, 6]);
        Kernel.Run("Concat", Attributes.None.With("axis", -1), parts[0], parts[1]).ShouldBeNear(x);
        Kernel.RunAll("Split", 18, 2, Attributes.None.With("num_outputs", 2), Kernel.Ramp(5))[1].ShouldBe([2], [3, 4]);
    }

    [Fact]
    public void Reshape_copies_zero_and_infers_one_extent()
    {
        Kernel.Run("Reshape", Kernel.Ramp(2, 3, 4), Tensor.Vector(0L, -1)).Shape.ShouldBe(Shape.Of(2, 12));
        Kernel.Run(
            "Reshape",
            Attributes.None.With("allowzero", 1),
            Tensor.Of(Shape.Of(0, 3), Array.Empty<float>()),
            Tensor.Vector(3L, 0)).Shape.ShouldBe(Shape.Of(3, 0));
        Should.Throw<ArgumentException>(() => Kernel.Run("Reshape", Kernel.Ramp(2, 3), Tensor.Vector(4L)));
    }

    [Fact]
    public void Axes_are_inserted_and_removed()
    {
        Kernel.Run("Unsqueeze", Kernel.Ramp(2), Tensor.Vector(0L, -1)).Shape.ShouldBe(Shape.Of(1, 2, 1));
        Kernel.Run("Squeeze", Kernel.Ramp(1, 2, 1), Tensor.Vector(-1L)).Shape.ShouldBe(Shape.Of(1, 2));
        Kernel.Run("Flatten", Attributes.None.With("axis", 2), Kernel.Ramp(2, 3, 4)).Shape.ShouldBe(Shape.Of(6, 4));
        Should.Throw<ArgumentException>(() => Kernel.Run("Squeeze", Kernel.Ramp(2), Tensor.Vector(0L)));
    }

    [Fact]
    public void Depth_becomes_space_in_either_order()
    {
        Tensor x = Kernel.Ramp(1, 8, 1, 1);
        Attributes two = Attributes.None.With("blocksize", 2);
        Kernel.Run("DepthToSpace", two, x).ShouldBe([1, 2, 2, 2], [0, 2, 4, 6, 1, 3, 5, 7]);
        Kernel.Run("DepthToSpace", two.With("mode", "CRD"), x).ShouldBe([1, 2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7]);
        Kernel.Run("SpaceToDepth", two, Kernel.Run("DepthToSpace", two, x)).ShouldBeNear(x);
    }

    [Fact]
    public void Tile_expand_and_triangle()
    {
        Kernel.Run("Tile", Kernel.Ramp(1, 2), Tensor.Vector(2L, 2)).ShouldBe([2, 4], [0, 1, 0, 1, 0, 1, 0, 1]);
        Kernel.Run("Expand", Kernel.Ramp(2, 1), Tensor.Vector(2L, 1, 2)).ShouldBe([2, 2, 2], [0, 0, 1, 1, 0, 0, 1, 1]);
        Kernel.Run("Trilu", Attributes.None.With("upper", 0), Kernel.Floats(Shape.Of(2, 2), _ => 1), Tensor.Scalar(0L)).ShouldBe([2, 2], [1, 0, 1, 1]);
    }

    [Fact]
    public void Text_moves_like_numbers() =>
        Kernel.Run("Gather", Tensor.Vector("a", "b", "c"), Tensor.Vector(-1L, 0)).Elements<string>().ShouldBe(["c", "a"]);

    [Theory]
    [InlineData(3.7f, 3)]
    [InlineData(-3.7f, -3)]
    public void Casts_to_integers_truncate(float x, int expected) =>
        Kernel.Run("Cast", Attributes.None.With("to", (long)DataType.Int32), Tensor.Vector(x)).Elements<int>().ShouldBe([expected]);
}
