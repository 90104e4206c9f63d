using Attune.Kernels;
using Attune.Passes;

namespace Attune.Graph.Tests.Passes.Quantised;

/// <summary>What the common form cannot say stays as it is and gives the same bits.</summary>
public sealed class QuantisedRefusalTests
{
    [Theory]
    [InlineData(0f)]
    [InlineData(-0.05f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e-40f)]
    [InlineData(1e38f)]
    public void Scales_that_are_no_sound_numbers(float scale)
    {
        var s = new QuantisedSketch(1);
        string x = s.B.Input("x", 1, 2, 4, 4);
        string q = s.Store(x, scale, (sbyte)0);
        string y = s.Load(s.Add("MaxPool", [q], ("kernel_shape", new long[] { 2, 2 })), scale, (sbyte)0);
        Same(s.Finish(s.Add("Relu", [y])), "Store MaxPool Load Relu", varied: false);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-0.05f)]
    [InlineData(float.NaN)]
    [InlineData(1e-40f)]
    public void Weights_with_such_scales_are_floats(float scale)
    {
        var s = new QuantisedSketch(2);
        string x = s.Pair(s.B.Input("x", 4, 3), 0.01f, 120);
        string w = s.Add("DequantizeLinear", [s.Constant(s.Signed(3, 2)), s.Constant(Tensor.Vector(0.5f, scale))], ("axis", 1));
        Network fused = Same(s.Finish(s.Add("MatMul", [x, w]), x), "Store Load attune.Dense");
        fused.TypeOf(fused.Nodes[2].Inputs[1]).Element.ShouldBe(DataType.Float32);
    }

    [Fact]
    public void An_operator_whose_scale_is_zero_keeps_its_kernel()
    {
        var s = new QuantisedSketch(3);
        string x = s.B.Input("x", new TensorType(DataType.UInt8, Shape.Of(1, 3, 4, 4)));
        string[] inputs =
        [
            x, s.Scalar(0f), s.Scalar((byte)9), s.Constant(s.Signed(4, 3, 1, 1)), s.Scalar(0.1f), s.Scalar((sbyte)0), s.Scalar(0.1f), s.Scalar((byte)7),
            s.Constant(Tensor.Vector(1, 2, 3, 4)),
        ];
        Same(s.Finish(s.Add("QLinearConv", inputs), s.Load(x, 0.1f, (byte)0)), "QLinearConv Load", varied: false);
    }

    [Fact]
    public void Scales_along_an_axis_of_activations_and_along_another_axis_of_weights()
    {
        var s = new QuantisedSketch(4);
        string scales = s.Constant(Tensor.Vector(0.01f, 0.02f, 0.03f));
        string zeros = s.Constant(Tensor.Vector<byte>(100, 110, 120));
        string q = s.Add("QuantizeLinear", [s.B.Input("x", 1, 3, 4, 4), scales, zeros], ("axis", 1));
        string x = s.Add("DequantizeLinear", [q, scales, zeros], ("axis", 1));
        string w = s.Add("DequantizeLinear", [s.Constant(s.Signed(3, 3, 1, 1)), s.Constant(Tensor.Vector(0.1f, 0.2f, 0.3f))], ("axis", 1));
        string y = s.Add("Conv", [s.Pair(s.Add("Conv", [x, w]), 0.1f, 128), w]);
        Network fused = Same(s.Finish(y), "Store Load attune.Conv Store Load attune.Conv");
        fused.Nodes.Where(node => node.Operator == "attune.Conv").ShouldAllBe(node => fused.TypeOf(node.Inputs[1]).Element == DataType.Float32);
    }

    [Fact]
    public void Scales_of_blocks()
    {
        var s = new QuantisedSketch(5, opset: 21);
        string x = s.Pair(s.B.Input("x", 3, 4), 0.01f, 120);
        string scales = s.Constant(Tensor.Of(Shape.Of(2, 3), new[] { 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f }));
        string w = s.Add("DequantizeLinear", [s.Constant(s.Signed(4, 3)), scales], ("axis", 0), ("block_size", 2));
        Network fused = Same(s.Finish(s.Add("MatMul", [x, w])), "Store Load attune.Dense");
        fused.TypeOf(fused.Nodes[2].Inputs[1]).Element.ShouldBe(DataType.Float32);
    }

    [Fact]
    public void Bytes_of_two_scales_joined()
    {
        var s = new QuantisedSketch(6);
        string a = s.Store(s.B.Input("a", 1, 2, 4, 4), 0.01f, (byte)100);
        string b = s.Store(s.B.Input("b", 1, 2, 4, 4), 0.02f, (byte)90);
        string joined = s.Add("Concat", [a, b], ("axis", 1));
        Same(s.Finish(s.Load(joined, 0.01f, (byte)100)), "Store Store Concat Load");
    }

    [Fact]
    public void Signed_bytes_of_two_scales_are_unsigned_together()
    {
        var s = new QuantisedSketch(7);
        string a = s.Store(s.B.Input("a", 1, 2, 4, 4), 0.01f, (sbyte)0);
        string b = s.Store(s.B.Input("b", 1, 2, 4, 4), 0.02f, (sbyte)-9);
        string joined = s.Add("Concat", [a, b], ("axis", 1));
        Network fused = Same(s.Finish(s.Load(joined, 0.01f, (sbyte)0)), "Store Store Concat Load");
        fused.Types.Values.ShouldNotContain(type => type.Element == DataType.Int8);
    }

    [Fact]
    public void Bytes_that_are_read_as_numbers_keep_their_sign()
    {
        var s = new QuantisedSketch(8);
        string q = s.Store(s.B.Input("x", 1, 2, 4, 4), 0.01f, (sbyte)0);
        string numbers = s.Add("Cast", [s.Add("Transpose", [q], ("perm", new long[] { 0, 2, 3, 1 }))], ("to", (long)DataType.Float32));
        Same(s.Finish(numbers, s.Load(q, 0.01f, (sbyte)0)), "Store Transpose Cast Load");
    }

    [Fact]
    public void Integers_of_16_bits()
    {
        var s = new QuantisedSketch(9, opset: 21);
        string x = s.Load(s.Store(s.B.Input("x", 1, 3, 4, 4), 0.001f, (ushort)30000), 0.001f, (ushort)30000);
        string y = s.Convolution(x, 0.001f, 3, 4, 1);
        Network fused = Same(s.Finish(s.Store(y, 0.001f, (short)0)), "Store Load attune.Conv Store");
        fused.TypeOf(fused.Nodes[2].Inputs[1]).Element.ShouldBe(DataType.Float32);
    }

    [Theory]
    [InlineData(0f, 100f, (byte)0, "Store Load Store Load")]
    [InlineData(0f, 2.54f, (byte)0, "Store Load Clip Store Load")]
    [InlineData(-1f, 100f, (byte)0, "Store Load Store Load")]
    [InlineData(-1f, 100f, (byte)100, "Store Load Store Load")]
    [InlineData(-0.99f, 100f, (byte)100, "Store Load Clip Store Load")]
    [InlineData(0f, 100f, (byte)1, "Store Load Clip Store Load")]
    public void Clips_go_only_where_the_range_implies_them(float low, float high, byte zero, string expected)
    {
        var s = new QuantisedSketch(10);
        string x = s.Pair(s.B.Input("x", 1, 3, 4, 4), 0.012f, 120);
        Same(s.Finish(s.Pair(s.Add("Clip", [x, s.Scalar(low), s.Scalar(high)]), 0.01f, zero)), expected);
    }

    [Fact]
    public void A_clip_that_others_read_stays()
    {
        var s = new QuantisedSketch(11);
        string x = s.Pair(s.B.Input("x", 1, 3, 4, 4), 0.012f, 120);
        string y = s.Add("Relu", [x]);
        Same(s.Finish(s.Pair(y, 0.01f, 0), s.Add("Tanh", [y])), "Store Load Relu Store Load Tanh");
    }

    [Fact]
    public void A_clip_of_what_was_loaded_goes_and_the_same_bytes_are_stored_once()
    {
        var s = new QuantisedSketch(12);
        string x = s.Pair(s.B.Input("x", 1, 3, 4, 4), 0.012f, 0);
        string y = s.Pair(s.Add("Relu", [x]), 0.012f, 0);
        string z = s.Pair(s.Add("Relu", [x]), 0.02f, 0);
        Same(s.Finish(s.Add("Add", [y, z]), s.Add("Tanh", [s.Pair(y, 0.02f, 0)])), "Store Load Store Load Add Tanh");
    }

    [Fact]
    public void Windows_of_nothing_but_padding_stay_bytes()
    {
        var s = new QuantisedSketch(13);
        string q = s.Store(s.B.Input("x", 1, 1, 6, 6), 0.01f, (byte)100);
        string y = s.Add("MaxPool", [q], ("kernel_shape", new long[] { 2, 2 }), ("pads", new long[] { 2, 2, 2, 2 }));
        QuantisedEquivalence.Operators(PassPipeline.Default.Run(s.Finish(s.Load(y, 0.01f, (byte)100)))).ShouldBe("Store MaxPool Load");
    }

    private static Network Same(Network network, string operators, bool varied = true)
    {
        Network fused = QuantisedEquivalence.Default(network, tolerance: 2e-5f, varied: varied);
        QuantisedEquivalence.Operators(fused).ShouldBe(operators);
        return fused;
    }
}
