using Attune.Kernels;

namespace Attune.Reference.Tests;

/// <summary>Samples computed by hand. The cubic kernel with a = -3/4 has the weights w(1.25) = -0.10546875 and w(1.75) = -0.03515625.</summary>
public class GridSampleTests
{
    [Theory]
    // At -0.75 of 1, 2, 3, 4 the taps are -2, -1, 0, 1 at distances 1.25, 0.25, 0.75, 1.75; the weights' sum is 1.
    // Border: 1, 1, 1, 2. Reflection at -1/2: 2, 1, 1, 2. Zeros: 0, 0, 1, 2 with w(0.75) = 0.26171875.
    [InlineData("border", 1 - 0.03515625f)]
    [InlineData("reflection", 1 - 0.10546875f - 0.03515625f)]
    [InlineData("zeros", 0.26171875f - (2 * 0.03515625f))]
    public void Padding_moves_the_taps_of_a_cubic_not_its_point(string padding, float expected) =>
        Sample("bicubic", padding, corners: false, Row(), Grid((-1.125f, 0))).ShouldBe([1, 1, 1, 1], [expected]);

    [Theory]
    [InlineData("border", 1f)]
    [InlineData("zeros", 0f)]
    public void Far_outside_a_cubic_sees_the_padding_alone(string padding, float expected)
    {
        Sample("bicubic", padding, corners: false, Row(), Grid((-1e9f, 0))).ShouldBe([1, 1, 1, 1], [expected]);
        Sample("bicubic", padding, corners: false, Row(), Grid((float.NegativeInfinity, 0))).ShouldBe([1, 1, 1, 1], [expected]);
    }

    [Theory]
    // The point lies at -0.75. Mirrored at -1/2 it is -0.25, between two copies of the border; mirrored at 0 it is 0.75.
    [InlineData("border", -1.125f, false, 1f)]
    [InlineData("zeros", -1.125f, false, 0.25f)]
    [InlineData("reflection", -1.125f, false, 1f)]
    [InlineData("reflection", -1.5f, true, 1.75f)]
    public void Padding_moves_the_point_of_a_linear_sample(string padding, float x, bool corners, float expected) =>
        Sample("bilinear", padding, corners, Row(), Grid((x, 0))).ShouldBe([1, 1, 1, 1], [expected]);

    [Fact]
    public void Volumes_are_sampled_with_the_last_axis_first()
    {
        Tensor x = Kernel.Ramp(1, 1, 2, 2, 2);
        Tensor grid = Tensor.Of(Shape.Of(1, 1, 1, 5, 3), new float[] { -1, -1, -1, 1, -1, -1, -1, 1, -1, -1, -1, 1, 0, 0, 0 });
        Attributes attributes = Attributes.None.With("align_corners", 1);
        Kernel.RunAll("GridSample", 20, 1, attributes, x, grid)[0].ShouldBe([1, 1, 1, 1, 5], [0, 1, 2, 4, 3.5f]);
        Kernel.RunAll("GridSample", 20, 1, attributes.With("mode", "nearest"), x, grid)[0].ShouldBe([1, 1, 1, 1, 5], [0, 1, 2, 4, 0]);
    }

    [Fact]
    public void The_nearest_element_is_that_of_the_grids_precision()
    {
        // In single precision (-0.25000003 + 1) / 2 * 4 is 1.5, a tie that goes to the even 2; the exact place is a little below.
        Tensor row = Kernel.Ramp(1, 1, 1, 5);
        Sample("nearest", "zeros", corners: true, row, Grid((-0.25000003f, 0))).ShouldBe([1, 1, 1, 1], [2]);
        Sample("nearest", "zeros", corners: true, row, Tensor.Of(Shape.Of(1, 1, 1, 2), new double[] { -0.25000003f, 0 })).ShouldBe([1, 1, 1, 1], [1]);
    }

    [Fact]
    public void Before_operator_set_20_there_are_images_only() =>
        Should.Throw<InvalidNodeException>(() => Kernel.RunAll("GridSample", 16, 1, Attributes.None, Kernel.Ramp(1, 1, 2, 2, 2), Kernel.Ramp(1, 1, 1, 1, 3)));

    private static Tensor Row() => Kernel.Floats(Shape.Of(1, 1, 1, 4), static i => i + 1);

    private static Tensor Grid((float X, float Y) point) => Tensor.Of(Shape.Of(1, 1, 1, 2), new[] { point.X, point.Y });

    private static Tensor Sample(string mode, string padding, bool corners, Tensor x, Tensor grid) =>
        Kernel.Run("GridSample", Attributes.None.With("mode", mode).With("padding_mode", padding).With("align_corners", corners), x, grid);
}
