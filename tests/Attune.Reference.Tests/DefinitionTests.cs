using Attune.Kernels;

namespace Attune.Reference.Tests;

/// <summary>Corners of operators' definitions, computed by hand.</summary>
public class DefinitionTests
{
    [Theory]
    [InlineData("ReduceSum", new float[] { -2, 3 })]
    [InlineData("ReduceMean", new float[] { -2, 3 })]
    [InlineData("ReduceMax", new float[] { -2, 3 })]
    [InlineData("ReduceMin", new float[] { -2, 3 })]
    [InlineData("ReduceProd", new float[] { -2, 3 })]
    [InlineData("ReduceL1", new float[] { 2, 3 })]
    [InlineData("ReduceL2", new float[] { 2, 3 })]
    [InlineData("ReduceSumSquare", new float[] { 4, 9 })]
    [InlineData("ReduceLogSumExp", new float[] { -2, 3 })]
    public void A_reduction_over_no_axes_still_does_its_function(string op, float[] expected)
    {
        foreach (int keep in new[] { 0, 1 })
        {
            Attributes attributes = Attributes.None.With("noop_with_empty_axes", 1).With("keepdims", keep);
            foreach (Tensor?[] inputs in (Tensor?[][])[[Row()], [Row(), null], [Row(), Tensor.Vector(Array.Empty<long>())]])
            {
                Kernel.RunAll(op, 18, 1, attributes, inputs)[0].ShouldBe([1, 2], expected);
            }

            // Named axes are reduced whatever the attribute says.
            Kernel.RunAll("ReduceSum", 18, 1, attributes, Row(), Tensor.Vector(1L))[0].ShouldBe(keep == 1 ? [1, 1] : [1], [1]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Without_the_attribute_no_axes_are_all_axes(int keep)
    {
        foreach (Tensor?[] inputs in (Tensor?[][])[[Row()], [Row(), Tensor.Vector(Array.Empty<long>())]])
        {
            Kernel.RunAll("ReduceL1", 18, 1, Attributes.None.With("keepdims", keep), inputs)[0].ShouldBe(keep == 1 ? [1, 1] : [], [5]);
        }

        Kernel.RunAll("ReduceL1", 13, 1, Attributes.None.With("axes", Array.Empty<long>()).With("keepdims", 0), Row())[0].ShouldBe([], [5]);
    }

    [Fact]
    public void The_logarithm_of_a_sum_of_one_is_taken() =>
        Kernel.RunAll("ReduceLogSum", 18, 1, Attributes.None.With("noop_with_empty_axes", 1), Tensor.Vector(1f, 3f))[0].ShouldBe([2], [0, 1.0986123f]);

    [Fact]
    public void Unsigned_integers_are_reduced_in_64_bits()
    {
        Tensor x = Tensor.Vector<ulong>(ulong.MaxValue, 1, 1UL << 63);
        ulong One(string op) => Kernel.RunAll(op, 18, 1, Attributes.None.With("keepdims", 0), x)[0].Elements<ulong>()[0];
        One("ReduceMax").ShouldBe(ulong.MaxValue);
        One("ReduceMin").ShouldBe(1UL);
        One("ReduceSum").ShouldBe(1UL << 63);
        Kernel.RunAll("ArgMin", 13, 1, Attributes.None, x)[0].Elements<long>().ShouldBe([1L]);
        Kernel.RunAll("TopK", 11, 2, Attributes.None, x, Tensor.Vector(2L))[1].Elements<long>().ShouldBe([0L, 2L]);
    }

    [Fact]
    public void Large_integers_keep_their_order()
    {
        // 2^53 and 2^53 + 1 are one number in double precision.
        Tensor x = Tensor.Vector(1L << 53, (1L << 53) + 1);
        Kernel.Run("ArgMax", x).Elements<long>().ShouldBe([1L]);
        Kernel.RunAll("Unique", 11, 1, Attributes.None, x)[0].Count.ShouldBe(2);
        Kernel.RunAll(
            "Range",
            11,
            1,
            Attributes.None,
            Tensor.Scalar(1L << 53),
            Tensor.Scalar((1L << 53) + 3),
            Tensor.Scalar(2L))[0].Elements<long>().ShouldBe([1L << 53, (1L << 53) + 2]);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    public void An_empty_list_of_axes_squeezes_all_of_extent_one(int opset)
    {
        Tensor x = Kernel.Ramp(3, 1, 2, 1);
        Tensor y = opset < 13
            ? Kernel.RunAll("Squeeze", opset, 1, Attributes.None.With("axes", Array.Empty<long>()), x)[0]
            : Kernel.RunAll("Squeeze", opset, 1, Attributes.None, x, Tensor.Vector(Array.Empty<long>()))[0];
        y.Shape.ShouldBe(Shape.Of(3, 2));
        Kernel.RunAll("Unsqueeze", 13, 1, Attributes.None, y, Tensor.Vector(Array.Empty<long>()))[0].Shape.ShouldBe(Shape.Of(3, 2));
    }

    [Fact]
    public void Scale_and_bias_of_a_layer_broadcast_to_the_whole_input()
    {
        // Rows 1, 3 and 5, 9 are both -1, 1 once normalised.
        Tensor x = Tensor.Of(Shape.Of(2, 1, 2), new float[] { 1, 3, 5, 9 });
        Tensor scale = Tensor.Of(Shape.Of(2, 1, 2), new float[] { 10, 20, 30, 40 });
        Tensor bias = Tensor.Of(Shape.Of(2, 1, 1), new float[] { 100, 200 });
        Kernel.Run("LayerNormalization", Attributes.None.With("epsilon", 0f), x, scale, bias).ShouldBe([2, 1, 2], [90, 120, 170, 240]);

        // Normalised over two axes, one scale for the last.
        Tensor square = Tensor.Of(Shape.Of(1, 2, 2), new float[] { 1, 3, 3, 1 });
        Kernel.Run(
            "LayerNormalization", Attributes.None.With("epsilon", 0f).With("axis", 1), square, Tensor.Vector(1f, 10)).ShouldBe([1, 2, 2], [-1, 10, 1, -10]);
    }

    [Fact]
    public void Blocks_of_neighbours_share_their_quantisation()
    {
        Attributes attributes = Attributes.None.With("axis", 0).With("block_size", 2);
        Tensor scale = Tensor.Of(Shape.Of(2, 2), new float[] { 1, 2, 10, 20 });
        Tensor zero = Tensor.Of(Shape.Of(2, 2), new sbyte[] { 0, 1, 2, 3 });
        // The last of the three rows is a block of its own.
        Tensor quantised = Tensor.Of(Shape.Of(3, 2), new sbyte[] { 5, 6, 7, 8, 9, 10 });
        Tensor real = Kernel.RunAll("DequantizeLinear", 21, 1, attributes, quantised, scale, zero)[0];
        real.ShouldBe([3, 2], [5, 10, 7, 14, 70, 140]);
        Kernel.RunAll("QuantizeLinear", 21, 1, attributes, real, scale, zero)[0].Elements<sbyte>().ShouldBe(quantised.Elements<sbyte>());
    }

    [Fact]
    public void A_window_far_larger_than_the_data_costs_what_it_sees()
    {
        // Padding of two thousand million on both sides, of which nothing is walked.
        Attributes attributes = Attributes.None.With("kernel_shape", new long[] { 2_000_000_000 }).With("pads", new long[] { 1_000_000_000, 999_999_998 });
        Kernel.Run("MaxPool", attributes, Kernel.Ramp(1, 1, 3)).ShouldBe([1, 1, 2], [2, 2]);
    }

    private static Tensor Row() => Tensor.Of(Shape.Of(1, 2), new float[] { -2, 3 });
}
