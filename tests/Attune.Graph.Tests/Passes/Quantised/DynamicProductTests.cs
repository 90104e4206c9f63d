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
    public void Convolutions_become_layers_of_floats()
    {
        var s = new QuantisedSketch(9);
        string x = s.B.Input("x", 1, 4, 7, 7);
        string[] q = Quantised(s, x);
        string w = s.Constant(s.Unsigned(6, 4, 3, 3));
        string product = s.Add("ConvInteger", [q[0], w, q[2], s.Scalar((byte)120)], ("pads", new long[] { 1, 1, 1, 1 }));
        Network fused = QuantisedEquivalence.Default(s.Finish(Scaled(s, q, s.Scalar(0.01f), product)), tolerance: 1e-4f);
        QuantisedEquivalence.Operators(fused).ShouldBe("DynamicStore Load attune.Conv");
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
