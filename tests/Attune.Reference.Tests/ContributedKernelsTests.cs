using Attune.Kernels;

namespace Attune.Reference.Tests;

/// <summary>Quantised operators of ONNX Runtime's domain, on numbers small enough to be worked out by hand.</summary>
public sealed class ContributedKernelsTests
{
    private static readonly Tensor Half = Tensor.Scalar(0.5f);
    private static readonly Tensor Quarter = Tensor.Scalar(0.25f);
    private static readonly Tensor Ten = Tensor.Scalar((byte)10);
    private static readonly Tensor Zero = Tensor.Scalar((byte)0);

    [Fact]
    public void Sums_stretch_and_saturate()
    {
        // Real values 0, 2.5, 122.5 and the summand 1: sums 1, 3.5, 123.5 in steps of a quarter from 10.
        Tensor y = Run("QLinearAdd", Tensor.Vector<byte>(10, 15, 255), Half, Ten, Tensor.Vector<byte>(4), Quarter, null, Quarter, Ten);
        y.Elements<byte>().ShouldBe([14, 24, 255]);
    }

    [Fact]
    public void A_zero_point_that_is_left_out_is_zero_of_the_datas_type()
    {
        Tensor y = Run("QLinearAdd", Tensor.Vector<sbyte>(-3, 2), Half, null, Tensor.Vector<sbyte>(-100, 100), Half, null, Half);
        y.Elements<sbyte>().ShouldBe([-103, 102]);
    }

    [Fact]
    public void Products_round_ties_to_even()
    {
        // 0.5 times 0.5 and 1.5 times 0.5 are half a step and one and a half.
        Tensor y = Run("QLinearMul", Tensor.Vector<byte>(11, 13), Half, Ten, Tensor.Vector<byte>(11, 11), Half, Ten, Half, Zero);
        y.Elements<byte>().ShouldBe([0, 2]);
    }

    [Fact]
    public void LeakyRelu_keeps_positive_numbers_and_scales_negative_ones()
    {
        Tensor y = Run("QLinearLeakyRelu", Attributes.None.With("alpha", 0.5f), Tensor.Vector<sbyte>(-8, 6), Half, null, Quarter, Tensor.Scalar((sbyte)1));
        y.Elements<sbyte>().ShouldBe([-7, 13]);
    }

    [Fact]
    public void Sigmoid_of_nothing_is_a_half()
    {
        Tensor y = Run("QLinearSigmoid", Tensor.Vector<byte>(0, 10, 255), Tensor.Scalar(1f), Ten, Tensor.Scalar(1f / 256), Zero);
        y.Elements<byte>().ShouldBe([0, 128, 255]);
    }

    [Fact]
    public void Softmax_reads_its_axis_as_the_stated_operator_set_does()
    {
        // Four equal numbers: a quarter each over both axes together, a half each over the last one alone.
        Tensor x = Tensor.Of(Shape.Of(1, 2, 2), new byte[] { 9, 9, 9, 9 });
        Attributes old = Attributes.None.With("opset", 11).With("axis", 1);
        Run("QLinearSoftmax", old, x, Half, Ten, Tensor.Scalar(1f / 256), Zero).Elements<byte>().ShouldBe([64, 64, 64, 64]);
        Attributes now = Attributes.None.With("opset", 13).With("axis", -1);
        Run("QLinearSoftmax", now, x, Half, Ten, Tensor.Scalar(1f / 256), Zero).Elements<byte>().ShouldBe([128, 128, 128, 128]);
    }

    [Fact]
    public void Average_pools_average_real_values()
    {
        Tensor x = Tensor.Of(Shape.Of(1, 1, 2, 2), new byte[] { 10, 12, 14, 20 });
        Tensor y = Run("QLinearAveragePool", Attributes.None.With("kernel_shape", new long[] { 2, 2 }), x, Half, Ten, Quarter, Zero);
        y.Shape.ShouldBe(Shape.Of(1, 1, 1, 1));
        y.Elements<byte>().ShouldBe([8]);
        Run("QLinearGlobalAveragePool", x, Half, Ten, Quarter, Zero).Elements<byte>().ShouldBe([8]);
        Attributes last = Attributes.None.With("channels_last", 1);
        Should.Throw<UnsupportedOperatorException>(() => Run("QLinearGlobalAveragePool", last, x, Half, Ten, Quarter, Zero))
            .Message.ShouldContain("channels last");
    }

    [Fact]
    public void Joined_parts_each_have_their_own_scale()
    {
        Tensor a = Tensor.Of(Shape.Of(1, 2), new byte[] { 10, 20 });
        Tensor b = Tensor.Of(Shape.Of(1, 1), new byte[] { 8 });
        Tensor y = Run("QLinearConcat", Attributes.None.With("axis", 1), Half, Zero, a, Half, Ten, b, Quarter, Zero);
        y.Shape.ShouldBe(Shape.Of(1, 3));
        y.Elements<byte>().ShouldBe([0, 10, 4]);
    }

    [Fact]
    public void A_product_with_a_scale_per_column_adds_integers_in_its_own_unit()
    {
        Tensor a = Tensor.Of(Shape.Of(1, 2), new byte[] { 12, 11 });
        Tensor b = Tensor.Of(Shape.Of(2, 2), new sbyte[] { 1, 2, 3, 4 });
        Tensor scales = Tensor.Vector(0.5f, 0.25f);
        Tensor zeros = Tensor.Vector<sbyte>(0, 0);

        // (2 1) times the columns: 5 and 8, with 3 and -4 added 8 and 4, times 0.5 and the columns' scales.
        Tensor c = Tensor.Vector(3, -4);
        Run("QGemm", a, Half, Ten, b, scales, zeros, c).Elements<float>().ShouldBe([2f, 0.5f]);
        Run("QGemm", a, Half, Ten, b, scales, zeros, c, Quarter, Ten).Elements<byte>().ShouldBe([18, 12]);

        // Turned, the columns are (1 2) and (3 4): 4 and 10. Half of it all.
        Attributes turned = Attributes.None.With("transB", 1).With("alpha", 0.5f);
        Run("QGemm", turned, a, Half, Ten, b, scales, zeros).Elements<float>().ShouldBe([0.5f, 0.625f]);
    }

    [Fact]
    public void Weights_of_a_few_bits_lie_lowest_first_in_blocks()
    {
        // Rows of 18 numbers: a block of 16 and two of the next. Numbers count up from 0; the zero point is 8 unless it is said.
        byte[] row = [.. Enumerable.Range(0, 16).Select(i => (byte)(((2 * i) + 1) % 16 << 4 | (2 * i % 16)))];
        Tensor w = Tensor.Of(Shape.Of(2, 2, 8), [.. row, .. row]);
        Tensor scales = Tensor.Vector(1f, 10f, 0.5f, 5f);
        Attributes attributes = Attributes.None.With("K", 18).With("N", 2).With("bits", 4).With("block_size", 16);

        // The third number of a row, and the last, which is the second of its second block.
        Tensor a = Kernel.Floats(Shape.Of(2, 18), i => i is 2 or 35 ? 1 : 0);
        Run("MatMulNBits", attributes, a, w, scales).ShouldBe([2, 2], [-6, -3, -70, -35]);

        // Zero points 1 and 2 of the first row in a byte, 3 and 4 of the second.
        Tensor zeros = Tensor.Vector<byte>(0x21, 0x43);
        Run("MatMulNBits", attributes, a, w, scales, zeros, null, Tensor.Vector(100f, 200f)).ShouldBe([2, 2], [101, 199.5f, 90, 185]);
        Run("MatMulNBits", attributes, a, w, scales, Tensor.Vector(1.5f, 2, 3, 4)).ShouldBe([2, 2], [0.5f, -0.5f, -10, -15]);
    }

    [Fact]
    public void Weights_of_a_few_bits_that_do_not_fit_are_refused()
    {
        Tensor a = Kernel.Ramp(2, 16);
        Tensor w = Tensor.Of(Shape.Of(1, 1, 8), new byte[8]);
        Tensor scales = Tensor.Vector(1f);
        Attributes Of(int k, int bits, int block) => Attributes.None.With("K", k).With("N", 1).With("bits", bits).With("block_size", block);
        Run("MatMulNBits", Of(16, 4, 16), a, w, scales).Shape.ShouldBe(Shape.Of(2, 1));
        Should.Throw<InvalidNodeException>(() => Run("MatMulNBits", Of(16, 3, 16), a, w, scales));
        Should.Throw<InvalidNodeException>(() => Run("MatMulNBits", Of(16, 4, 24), a, w, scales));
        Should.Throw<InvalidNodeException>(() => Run("MatMulNBits", Of(17, 4, 16), a, w, scales));
        Should.Throw<InvalidNodeException>(() => Run("MatMulNBits", Of(16, 4, 16), a, w, Tensor.Vector(1f, 2)));
        Should.Throw<UnsupportedOperatorException>(() => Run("MatMulNBits", Of(16, 4, 16), a, w, scales, null, Tensor.Vector(0)));
    }

    [Fact]
    public void Conversions_are_those_of_onnx_with_wider_integers()
    {
        Tensor zero = Tensor.Scalar((short)-5);
        Tensor q = Run("QuantizeLinear", Tensor.Vector(1000f, -1f), Half, zero);
        q.Elements<short>().ShouldBe([1995, -7]);
        Run("DequantizeLinear", q, Half, zero).Elements<float>().ShouldBe([1000f, -1f]);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Tensor x = Tensor.Vector<byte>(1, 2);
        Should.Throw<InvalidNodeException>(() => Run("QLinearSigmoid", x, Tensor.Vector(1f, 2f), Ten, Half, Zero));
        Should.Throw<InvalidNodeException>(() => Run("QLinearSigmoid", x, Half, Tensor.Scalar((sbyte)1), Half, Zero));
        Should.Throw<InvalidNodeException>(() => Run("QLinearSigmoid", Tensor.Vector(1f), Half, Ten, Half, Zero));
        Should.Throw<InvalidNodeException>(() => Run("QLinearConcat", Attributes.None.With("axis", 0), Half, Zero, x, Half));
        Should.Throw<InvalidNodeException>(() => Run("QLinearAdd", x, Half, Ten, Tensor.Vector<byte>(1, 2, 3), Half, Ten, Half, Ten));
    }

    private static Tensor Run(string op, params Tensor?[] inputs) => Run(op, Attributes.None, inputs);

    private static Tensor Run(string op, Attributes attributes, params Tensor?[] inputs) =>
        Kernel.RunAll($"com.microsoft.{op}", 1, 1, attributes, inputs)[0];
}
