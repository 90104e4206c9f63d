using Attune.Kernels;

namespace Attune.Reference.Tests;

/// <summary>Resizing by the operator's own formulas.</summary>
public class ResizeDefinitionTests
{
    private static readonly string[] Places =
    [
        "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "tf_half_pixel_for_nn", "asymmetric", "align_corners",
    ];

    private static readonly string[] Roundings = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"];

    public static TheoryData<string, string> PlacesAndRoundings
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string place in Places)
            {
                foreach (string rounding in Roundings)
                {
                    data.Add(place, rounding);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(PlacesAndRoundings))]
    public void Axes_that_keep_their_extent_keep_their_order(string place, string rounding)
    {
        Tensor x = Kernel.Ramp(2, 3, 2, 2);
        Attributes attributes = Attributes.None.With("coordinate_transformation_mode", place).With("nearest_mode", rounding);
        Kernel.Run("Resize", attributes, x, null, Tensor.Vector(1f, 1f, 1f, 1f)).ShouldBeNear(x);

        // Of the last axis every element is some element of the same row.
        Tensor wide = Kernel.Run("Resize", attributes, x, null, Tensor.Vector(1f, 1f, 1f, 2f));
        float[] values = wide.Elements<float>();
        values.Length.ShouldBe(48);
        for (int i = 0; i < values.Length; i++)
        {
            ((int)values[i] / 2).ShouldBe(i / 4, $"element {i}");
        }
    }

    [Theory]
    // The four results lie at (i + 1/2) / 2 = 1/4, 3/4, 5/4, 7/4 of two elements.
    [InlineData("ceil", new float[] { 1, 1, 1, 1 })]
    [InlineData("floor", new float[] { 0, 0, 1, 1 })]
    [InlineData("round_prefer_ceil", new float[] { 0, 1, 1, 1 })]
    [InlineData("round_prefer_floor", new float[] { 0, 1, 1, 1 })]
    public void Half_pixels_of_tensorflow_are_rounded_as_asked(string rounding, float[] expected) =>
        Kernel.Run(
            "Resize",
            Attributes.None.With("coordinate_transformation_mode", "tf_half_pixel_for_nn").With("nearest_mode", rounding),
            Kernel.Ramp(1, 1, 1, 2),
            null,
            Tensor.Vector(1f, 1f, 1f, 2f)).ShouldBe([1, 1, 1, 4], expected);

    [Theory]
    // ONNX's example of operator set 10: 4 columns to 2, of which the second lies at 1 / 0.6 = 1.67.
    [InlineData("Resize", 10, 0.6f, new float[] { 0, 2 })]
    [InlineData("Resize", 10, 2f, new float[] { 0, 0, 1, 1, 2, 2, 3, 3 })]
    [InlineData("Resize", 10, 1.5f, new float[] { 0, 0, 1, 2, 2, 3 })]
    [InlineData("Upsample", 9, 2f, new float[] { 0, 0, 1, 1, 2, 2, 3, 3 })]
    public void The_oldest_nearest_repeats_downwards_and_leaves_out_upwards(string op, int opset, float scale, float[] expected) =>
        Kernel.RunAll(
            op, opset, 1, Attributes.None, Kernel.Ramp(1, 1, 1, 4), Tensor.Vector(1f, 1f, 1f, scale))[0].ShouldBe([1, 1, 1, expected.Length], expected);

    [Fact]
    public void Extents_are_rounded_down_in_single_precision()
    {
        // 1.9 is 1.89999998 in single precision, times 10 is 18.9999998, which single precision rounds to 19.
        Kernel.Run("Resize", Attributes.None, Kernel.Ramp(1, 1, 1, 10), null, Tensor.Vector(1f, 1f, 1f, 1.9f)).Shape.ShouldBe(Shape.Of(1, 1, 1, 19));
    }

    [Fact]
    public void An_aspect_ratio_is_kept_over_the_named_axes_alone()
    {
        // 4x6 into 8x6: scales 2 and 1; the smaller one wins.
        Attributes attributes = Attributes.None.With("axes", new long[] { 2, 3 }).With("keep_aspect_ratio_policy", "not_larger");
        Kernel.RunAll("Resize", 18, 1, attributes, Kernel.Ramp(1, 1, 4, 6), null, null, Tensor.Vector(8L, 6L))[0].Shape.ShouldBe(Shape.Of(1, 1, 4, 6));
        Kernel.RunAll(
            "Resize", 18, 1, attributes.With("keep_aspect_ratio_policy", "not_smaller"), Kernel.Ramp(1, 1, 4, 6), null, null, Tensor.Vector(8L, 6L))[0].Shape
            .ShouldBe(Shape.Of(1, 1, 8, 12));
    }

    [Fact]
    public void A_scale_of_almost_nothing_is_refused() =>
        Should.Throw<InvalidNodeException>(() => Kernel.Run(
            "Resize",
            Attributes.None.With("mode", "linear").With("antialias", 1).With("coordinate_transformation_mode", "tf_crop_and_resize"),
            Kernel.Ramp(1, 1, 1, 10),
            Tensor.Vector(0f, 0, 0, 0, 1, 1, 1, 1e9f),
            Tensor.Vector(1f, 1f, 1f, 1e-9f))).Message.ShouldContain("scale");
}
