using Attune.Kernels;

namespace Attune.Graph.Tests.Passes.Quantised;

/// <summary>Products whose input is quantised when the network runs, as exporters of dynamic quantisation write them.</summary>
public sealed class DynamicProductTests
{
    [Theory]
    [InlineData(false, false, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    public void Matrix_products_become_layers_with_weights_of_bytes(bool unsignedWeights, bool perChannel, bool biased)
    {
        var s = new QuantisedSketch(7);
        string x = s.B.Input("x", 2, 5, 12);
        string[] q = Quantised(s, x);
        string scales = perChannel ? s.Constant(s.Scales(6)) : s.Scalar(0.02f);
        string zero = unsignedWeights
            ? perChannel ? s.Constant(Tensor.Vector<byte>(128, 127, 128, 128, 127, 128)) : s.Scalar((byte)128)
            : perChannel ? s.Constant(Tensor.Zeros(DataType.Int8, Shape.Of(6))) : s.Scalar((sbyte)0);
        Tensor weights = unsignedWeights ? Small(s.Unsigned(12, 6)) : s.Signed(12, 6);
        string y = Scaled(s, q, scales, s.Add("MatMulInteger", [q[0], s.Constant(weights), q[2], zero]));
        if (biased)
        {
            y = s.Add("Add", [s.Constant(Tensor.Vector(1f, 2, 3, -1, -2, -3)), y]);
        }

        Network fused = QuantisedEquivalence.Default(s.Finish(y), tolerance: 1e-5f);
        QuantisedEquivalence.Operators(fused).ShouldBe("DynamicStore Load attune.Dense");
        Node layer = fused.Nodes[2];
        fused.TypeOf(layer.Inputs[1]).Element.ShouldBe(DataType.Int8);
        fused.Constants[layer.Inputs[4]].Count.ShouldBe(6);
        (layer.Inputs[2].Length > 0).ShouldBe(biased);
    }

    [Fact]
    public void Layers_of_one_input_share_its_bytes()
    {
        var s = new QuantisedSketch(8);
        string x = s.B.Input("x", 4, 8);
        string[] q = Quantised(s, x);
        string[] products = [.. Enumerable.Range(0, 3).Select(
            _ => Scaled(s, q, s.Scalar(s.Scale()), s.Add("MatMulInteger", [q[0], s.Constant(s.Signed(8, 4)), q[2]])))];
        Network fused = QuantisedEquivalence.Default(s.Finish(products), tolerance: 1e-5f);
        fused.Nodes.Count(node => node.Operator == "DynamicQuantizeLinear").ShouldBe(1);
        fused.Nodes.Count(node => node.Operator == "DequantizeLinear").ShouldBe(1);
    }

    [Fact]
    public void Convolutions_become_layers_with_weights_of_bytes()
    {
        var s = new QuantisedSketch(9);
        string x = s.B.Input("x", 1, 4, 7, 7);
        string[] q = Quantised(s, x);
        string w = s.Constant(Small(s.Unsigned(6, 4, 3, 3)));
        string product = s.Add("ConvInteger", [q[0], w, q[2], s.Scalar((byte)128)], ("pads", new long[] { 1, 1, 1, 1 }));
        Network fused = QuantisedEquivalence.Default(s.Finish(Scaled(s, q, s.Scalar(0.01f), product)), tolerance: 1e-4f);
        QuantisedEquivalence.Operators(fused).ShouldBe("DynamicStore Load attune.Conv");
        fused.TypeOf(fused.Nodes[2].Inputs[1]).Element.ShouldBe(DataType.Int8);
    }

    [Fact]
    public void Weights_further_than_a_byte_from_their_zero_become_floats()
    {
        var s = new QuantisedSketch(9);
        string[] q = Quantised(s, s.B.Input("x", 1, 4, 7, 7));
        string product = s.Add("ConvInteger", [q[0], s.Constant(s.Unsigned(6, 4, 3, 3)), q[2], s.Scalar((byte)40)]);
        Network fused = QuantisedEquivalence.Default(s.Finish(Scaled(s, q, s.Scalar(0.01f), product)), tolerance: 1e-4f);
        fused.TypeOf(fused.Nodes[2].Inputs[1]).Element.ShouldBe(DataType.Float32);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Products_with_constant_scales_become_layers_with_weights_of_bytes(bool matrix, bool given)
    {
        var s = new QuantisedSketch(11);
        long[] extents = matrix ? [3, 8] : [1, 4, 7, 7];
        string bytes = given
            ? s.B.Input("q", new TensorType(DataType.UInt8, Shape.Of(extents)))
            : s.Store(s.B.Input("x", extents), 0.02f, (byte)100);
        string product = matrix
            ? s.Add("MatMulInteger", [bytes, s.Constant(s.Signed(8, 6)), s.Scalar((byte)100)])
            : s.Add("ConvInteger", [bytes, s.Constant(s.Signed(6, 4, 3, 3)), s.Scalar((byte)100)], ("pads", new long[] { 1, 1, 1, 1 }));
        Tensor scales = s.Scales(6);
        string both = s.Constant(matrix ? scales : Tensor.Of(Shape.Of(6, 1, 1), scales.Elements<float>()));
        Network fused = QuantisedEquivalence.Default(s.Finish(s.Add("Mul", [both, s.Add("Cast", [product], ("to", 1))])), tolerance: 1e-3f);
        QuantisedEquivalence.Operators(fused).ShouldBe((given ? "Load " : "Store Load ") + (matrix ? "attune.Dense" : "attune.Conv"));
        Node load = fused.Nodes[^2];
        fused.Constants[load.Inputs[1]].Elements<float>().ShouldBe([given ? 1f : 0.02f]);
        fused.TypeOf(fused.Nodes[^1].Inputs[1]).Element.ShouldBe(DataType.Int8);
    }

    [Theory]
    [InlineData("computed zero point")]
    [InlineData("computed scale")]
    [InlineData("constant input")]
    public void What_is_not_known_before_the_run_stays(string what)
    {
        var s = new QuantisedSketch(12);
        string bytes = what == "constant input" ? s.Constant(s.Unsigned(3, 8)) : s.B.Input("q", new TensorType(DataType.UInt8, Shape.Of(3, 8)));
        string zero = what == "computed zero point" ? s.B.Input("z", new TensorType(DataType.UInt8, Shape.Scalar)) : s.Scalar((byte)100);
        string scale = what == "computed scale" ? s.B.Input("s", 6) : s.Constant(s.Scales(6));
        string weights = what == "constant input" ? s.B.Input("w", new TensorType(DataType.Int8, Shape.Of(8, 6))) : s.Constant(s.Signed(8, 6));
        string product = s.Add("Cast", [s.Add("MatMulInteger", [bytes, weights, zero])], ("to", 1));
        Network fused = QuantisedEquivalence.Default(s.Finish(s.Add("Mul", [product, scale])), tolerance: 0);
        fused.Nodes.ShouldContain(node => node.Operator == "MatMulInteger");
    }

    [Theory]
    [InlineData("other zero point")]
    [InlineData("other scale")]
    [InlineData("second reader")]
    [InlineData("computed weights")]
    public void What_is_something_else_stays(string what)
    {
        var s = new QuantisedSketch(10);
        string x = s.B.Input("x", 4, 8);
        string[] q = Quantised(s, x);
        string weights = what == "computed weights" ? s.B.Input("w", new TensorType(DataType.Int8, Shape.Of(8, 4))) : s.Constant(s.Signed(8, 4));
        string product = s.Add("MatMulInteger", [q[0], weights, what == "other zero point" ? s.Scalar((byte)3) : q[2]]);
        string scale = what == "other scale" ? s.Scalar(0.3f) : q[1];
        string y = Scaled(s, [q[0], scale, q[2]], s.Scalar(0.02f), product);
        Network fused = QuantisedEquivalence.Default(what == "second reader" ? s.Finish(y, product) : s.Finish(y), tolerance: 0);
        fused.Nodes.ShouldContain(node => node.Operator == "MatMulInteger");
    }

    private static string[] Quantised(QuantisedSketch s, string x) => s.B.Add("DynamicQuantizeLinear", "store", [x], ["bytes", "scale", "zero"]);

    private static string Scaled(QuantisedSketch s, string[] quantised, string scales, string product) =>
        s.Add("Mul", [s.Add("Cast", [product], ("to", 1)), s.Add("Mul", [quantised[1], scales])]);

    // No byte is further than 127 from a zero point in the middle.
    private static Tensor Small(Tensor bytes) =>
        Tensor.Of(bytes.Shape, Array.ConvertAll(bytes.Elements<byte>(), value => (byte)Math.Clamp((int)value, 1, 254)));
}
