using Attune.Kernels;

namespace Attune.Reference.Tests;

public class ConvolutionKernelsTests
{
    private static readonly Tensor Ones3x3 = Kernel.Floats(Shape.Of(1, 1, 3, 3), _ => 1);

    [Fact]
    public void Sums_the_window_and_pads_with_zero()
    {
        Tensor y = Kernel.Run("Conv", Attributes.None.With("pads", new long[] { 1, 1, 1, 1 }), Kernel.Ramp(1, 1, 3, 3), Ones3x3);
        y.ShouldBe([1, 1, 3, 3], [8, 15, 12, 21, 36, 27, 20, 33, 24]);
    }

    [Fact]
    public void Strides_and_asymmetric_pads_place_the_window()
    {
        // Columns -1..1 and 1..3 of a 4x4 ramp, rows 0..2 and 2..4: padding one column before and one row after.
        Tensor y = Kernel.Run(
            "Conv",
            Attributes.None.With("pads", new long[] { 0, 1, 1, 0 }).With("strides", new long[] { 2, 2 }),
            Kernel.Ramp(1, 1, 4, 4),
            Ones3x3);
        y.ShouldBe([1, 1, 2, 2], [0 + 1 + 4 + 5 + 8 + 9, 1 + 2 + 3 + 5 + 6 + 7 + 9 + 10 + 11, 8 + 9 + 12 + 13, 9 + 10 + 11 + 13 + 14 + 15]);
    }

    [Fact]
    public void Dilation_spreads_the_taps()
    {
        Tensor y = Kernel.Run("Conv", Attributes.None.With("dilations", new long[] { 2, 2 }), Kernel.Ramp(1, 1, 5, 5), Ones3x3);
        y.ShouldBe([1, 1, 1, 1], [0 + 2 + 4 + 10 + 12 + 14 + 20 + 22 + 24]);
    }

    [Fact]
    public void Groups_see_their_own_channels_only_and_the_bias_is_added_once()
    {
        Tensor x = Tensor.Of(Shape.Of(1, 2, 1, 2), new float[] { 1, 2, 10, 20 });
        Tensor w = Tensor.Of(Shape.Of(4, 1, 1, 1), new float[] { 1, 2, 3, 4 });
        Tensor y = Kernel.Run("Conv", Attributes.None.With("group", 2), x, w, Tensor.Vector(100f, 200, 300, 400));
        y.ShouldBe([1, 4, 1, 2], [101, 102, 202, 204, 330, 360, 440, 480]);
    }

    [Theory]
    [InlineData("SAME_UPPER", new float[] { 1, 3, 5, 3 })]
    [InlineData("SAME_LOWER", new float[] { 0, 1, 3, 5 })]
    [InlineData("VALID", new float[] { 1, 3, 5 })]
    public void Automatic_padding_puts_the_odd_cell_where_its_name_says(string mode, float[] expected)
    {
        Tensor y = Kernel.Run("Conv", Attributes.None.With("auto_pad", mode), Kernel.Ramp(1, 1, 4), Kernel.Floats(Shape.Of(1, 1, 2), _ => 1));
        y.ShouldBe([1, 1, expected.Length], expected);
    }

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 2, 1, 2)]
    [InlineData(1, 3, 2, 6)]
    public void Agrees_with_the_sum_as_the_definition_writes_it(int stride, int pad, int dilation, int group)
    {
        var random = new Random(7);
        Tensor x = Kernel.Random(random, 2, 6, 7, 9);
        Tensor w = Kernel.Random(random, 12, 6 / group, 3, 2);
        Tensor y = Kernel.Run(
            "Conv",
            Attributes.None
                .With("strides", new long[] { stride, 1 }).With("pads", new long[] { pad, 0, 1, pad })
                .With("dilations", new long[] { 1, dilation }).With("group", group),
            x,
            w);
        float At(int n, int c, int h, int v) => h < 0 || v < 0 || h >= 7 || v >= 9 ? 0 : x.Elements<float>()[(((n * 6) + c) * 63) + (h * 9) + v];
        Shape shape = y.Shape;
        shape.ShouldBe(Shape.Of(2, 12, ((7 + pad + 1 - 3) / stride) + 1, 9 + pad - dilation));
        Tensor expected = Kernel.Floats(shape, i =>
        {
            int ow = i % shape[3], oh = i / shape[3] % shape[2], m = i / shape[3] / shape[2] % 12, n = i / shape[3] / shape[2] / 12;
            double sum = 0;
            for (int c = 0; c < 6 / group; c++)
            {
                for (int kh = 0; kh < 3; kh++)
                {
                    for (int kw = 0; kw < 2; kw++)
                    {
                        int channel = (m / (12 / group) * (6 / group)) + c;
                        sum += w.Elements<float>()[(((m * (6 / group)) + c) * 6) + (kh * 2) + kw] * At(
                            n, channel, (oh * stride) - pad + kh, ow + (kw * dilation));
                    }
                }
            }

            return (float)sum;
        });
        y.ShouldBeNear(expected);
    }

    [Fact]
    public void Transposed_convolution_spreads_every_element()
    {
        Tensor x = Tensor.Of(Shape.Of(1, 1, 1, 2), new float[] { 1, 10 });
        Tensor w = Tensor.Of(Shape.Of(1, 1, 1, 3), new float[] { 1, 2, 3 });
        Tensor y = Kernel.Run("ConvTranspose", Attributes.None.With("strides", new long[] { 1, 2 }), x, w);
        y.ShouldBe([1, 1, 1, 5], [1, 2, 3 + 10, 20, 30]);
    }

    [Fact]
    public void Integer_convolution_pads_with_the_zero_point()
    {
        Tensor x = Tensor.Of(Shape.Of(1, 1, 3), new byte[] { 2, 3, 4 });
        Tensor w = Tensor.Of(Shape.Of(1, 1, 2), new byte[] { 1, 1 });
        Tensor y = Kernel.Run("ConvInteger", Attributes.None.With("pads", new long[] { 1, 0 }), x, w, Tensor.Scalar((byte)1));
        y.Elements<int>().ShouldBe([1, 3, 5]);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("relu")]
    [InlineData("clip")]
    [InlineData("leaky_relu")]
    [InlineData("sigmoid")]
    [InlineData("silu")]
    [InlineData("hard_swish")]
    [InlineData("hard_sigmoid")]
    [InlineData("gelu")]
    [InlineData("gelu_tanh")]
    [InlineData("tanh")]
    public void Fused_convolution_equals_its_parts(string activation)
    {
        var random = new Random(3);
        Tensor x = Kernel.Random(random, 1, 4, 5, 5);
        Tensor w = Kernel.Random(random, 8, 4, 3, 3);
        Tensor bias = Kernel.Random(random, 8);
        Tensor residual = Kernel.Random(random, 1, 8, 5, 5);
        Attributes geometry = Attributes.None.With("pads", new long[] { 1, 1, 1, 1 });
        Attributes parameters = activation switch
        {
            "clip" => Attributes.None.With("alpha", -0.5f).With("beta", 0.75f),
            "leaky_relu" => Attributes.None.With("alpha", 0.2f),
            "hard_sigmoid" => Attributes.None.With("alpha", 0.3f).With("beta", 0.4f),
            _ => Attributes.None,
        };
        Tensor sum = Kernel.Run("Add", Kernel.Run("Conv", geometry, x, w, bias), residual);
        Tensor parts = activation switch
        {
            "none" => sum,
            "relu" => Kernel.Run("Relu", sum),
            "clip" => Kernel.Run("Clip", sum, Tensor.Scalar(-0.5f), Tensor.Scalar(0.75f)),
            "leaky_relu" => Kernel.Run("LeakyRelu", parameters, sum),
            "sigmoid" => Kernel.Run("Sigmoid", sum),
            "silu" => Kernel.Run("Mul", sum, Kernel.Run("Sigmoid", sum)),
            "hard_swish" => Kernel.Run("HardSwish", sum),
            "hard_sigmoid" => Kernel.Run("HardSigmoid", parameters, sum),
            "gelu" => Kernel.RunAll("Gelu", 20, 1, Attributes.None, sum)[0],
            "gelu_tanh" => Kernel.RunAll("Gelu", 20, 1, Attributes.None.With("approximate", "tanh"), sum)[0],
            _ => Kernel.Run("Tanh", sum),
        };
        Attributes fused = parameters.Aggregate(geometry.With(FusedOperators.Activation, activation), (all, next) => all.With(next.Key, next.Value));
        Kernel.RunAll(FusedOperators.Convolution, 1, 1, fused, x, w, bias, residual)[0].ShouldBeNear(parts);
        Kernel.RunAll(FusedOperators.Convolution, 1, 1, geometry, x, w, null, null)[0].ShouldBeNear(Kernel.Run("Conv", geometry, x, w));
    }

    [Fact]
    public void Mismatched_channels_are_refused_with_the_node_in_the_message() =>
        Should.Throw<ArgumentException>(() => Kernel.Run("Conv", Kernel.Ramp(1, 2, 3, 3), Ones3x3)).Message.ShouldContain("node");

    [Fact]
    public void Four_spatial_axes_are_unsupported() =>
        Should.Throw<UnsupportedOperatorException>(
            () => Kernel.Run("Conv", Kernel.Ramp(1, 1, 1, 1, 1, 1), Kernel.Ramp(1, 1, 1, 1, 1, 1))).Operator.ShouldBe("Conv");
}
