using Attune.Kernels;

namespace Attune.Graph.Tests.Passes.Quantised;

/// <summary>Operators on quantised values mean the same after they were taken apart.</summary>
public sealed class QuantisedOperatorTests
{
    private static readonly TensorType Image = new(DataType.UInt8, Shape.Of(1, 4, 5, 5));

    public static TheoryData<string, string> Unary => new()
    {
        { "QLinearLeakyRelu", "Load LeakyRelu Store" },
        { "QLinearSigmoid", "Load Sigmoid Store" },
        { "QLinearSoftmax", "Load Softmax Store" },
        { "QLinearAveragePool", "Load AveragePool Store" },
        { "QLinearGlobalAveragePool", "Load GlobalAveragePool Store" },
    };

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Convolutions_become_layers_with_weights_of_bytes(bool unsignedWeights, bool biased)
    {
        var s = new QuantisedSketch(1);
        string x = s.B.Input("x", Image);
        Tensor scales = s.Scales(6);
        string w = s.Constant(unsignedWeights ? s.Unsigned(6, 2, 3, 3) : s.Signed(6, 2, 3, 3));
        string wz = s.Constant(unsignedWeights ? Tensor.Vector<byte>(128, 128, 128, 128, 128, 128) : Tensor.Vector<sbyte>(0, 0, 0, 0, 0, 0));
        List<string> inputs = [x, s.Scalar(0.02f), s.Scalar((byte)100), w, s.Constant(scales), wz, s.Scalar(0.05f), s.Scalar((byte)110)];
        if (biased)
        {
            inputs.Add(s.Constant(Tensor.Vector(-900, 300, 0, 50, 2000, -20)));
        }

        string y = s.Add("QLinearConv", [.. inputs], ("group", 2), ("pads", new long[] { 1, 1, 1, 1 }));
        Network fused = QuantisedEquivalence.Default(s.Finish(y), steps: 1);
        QuantisedEquivalence.Operators(fused).ShouldBe("Load attune.Conv Store");
        fused.TypeOf(fused.Nodes[1].Inputs[1]).Element.ShouldBe(DataType.Int8);
        (fused.Nodes[1].Inputs[2].Length > 0).ShouldBe(biased);
        if (biased)
        {
            double unit = (double)0.02f * scales.Elements<float>()[4];
            fused.Constants[fused.Nodes[1].Inputs[2]].Elements<float>()[4].ShouldBe((float)(unit * 2000));
        }
    }

    [Fact]
    public void A_chain_of_convolutions_shares_its_bytes()
    {
        var s = new QuantisedSketch(2);
        string x = s.B.Input("x", 1, 4, 5, 5);
        string q = s.Store(x, 0.01f, (sbyte)-8);
        string y = Layer(q, 0.01f, -8, 0.04f, -128);
        string z = Layer(y, 0.04f, -128, 0.3f, 3);
        string sum = s.Add(
            "com.microsoft.QLinearAdd",
            [z, s.Scalar(0.3f), s.Scalar((sbyte)3), q, s.Scalar(0.01f), s.Scalar((sbyte)-8), s.Scalar(0.3f), s.Scalar((sbyte)0)]);
        Network fused = QuantisedEquivalence.Default(s.Finish(s.Load(sum, 0.3f, (sbyte)0)), tolerance: 0.31f);
        QuantisedEquivalence.Operators(fused).ShouldBe("Store Load attune.Conv Store Load attune.Conv Store Load Add Store Load");
        fused.Types.Where(type => !fused.Constants.ContainsKey(type.Key)).ShouldNotContain(type => type.Value.Element == DataType.Int8);

        string Layer(string value, float scale, sbyte zero, float result, sbyte resultZero) => s.Add(
            "QLinearConv",
            [
                value, s.Scalar(scale), s.Scalar(zero), s.Constant(s.Signed(4, 4, 1, 1)), s.Scalar(0.003f), s.Scalar((sbyte)0), s.Scalar(result),
                s.Scalar(resultZero),
            ]);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Matrix_products_of_constants_become_layers_and_others_stay_products(bool constant, bool perColumn)
    {
        var s = new QuantisedSketch(3);
        string a = s.B.Input("a", new TensorType(DataType.UInt8, Shape.Of(3, 6)));
        string b = constant ? s.Constant(s.Signed(6, 4)) : s.B.Input("b", new TensorType(DataType.Int8, Shape.Of(6, 4)));
        string scale = perColumn ? s.Constant(s.Scales(4)) : s.Scalar(0.01f);
        string zero = perColumn ? s.Constant(Tensor.Vector<sbyte>(0, 0, 0, 0)) : s.Scalar((sbyte)0);
        string y = s.Add("QLinearMatMul", [a, s.Scalar(0.02f), s.Scalar((byte)100), b, scale, zero, s.Scalar(0.05f), s.Scalar((byte)110)]);
        Network fused = QuantisedEquivalence.Default(s.Finish(y), steps: 1);
        QuantisedEquivalence.Operators(fused).ShouldBe(constant ? "Load attune.Dense Store" : "Load Load MatMul Store");
    }

    [Theory]
    [MemberData(nameof(Unary))]
    public void Operators_of_one_value(string operation, string expected)
    {
        var s = new QuantisedSketch(4);
        string x = s.B.Input("x", Image);
        string[] inputs = [x, s.Scalar(0.03f), s.Scalar((byte)100), s.Scalar(0.004f), s.Scalar((byte)20)];
        string y = s.Add($"com.microsoft.{operation}", inputs, operation switch
        {
            "QLinearAveragePool" => [("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }), ("channels_last", 0)],
            "QLinearSoftmax" => [("opset", 13), ("axis", 1)],
            "QLinearLeakyRelu" => [("alpha", 0.2f)],
            _ => [],
        });
        Network fused = QuantisedEquivalence.Default(s.Finish(y), steps: 1);
        QuantisedEquivalence.Operators(fused).ShouldBe(expected);
        fused.Nodes[1].Attributes.Has("channels_last").ShouldBeFalse();
    }

    [Theory]
    [InlineData("QLinearAdd", "Add")]
    [InlineData("QLinearMul", "Mul")]
    public void Operators_of_two_values_stretch(string operation, string expected)
    {
        var s = new QuantisedSketch(5);
        string a = s.B.Input("a", Image);
        string b = s.B.Input("b", Image with { Shape = Shape.Of(4, 1, 1) });
        string y = s.Add($"com.microsoft.{operation}", [a, s.Scalar(0.03f), s.Scalar((byte)100), b, s.Scalar(0.02f), "", s.Scalar(0.05f), s.Scalar((byte)20)]);
        QuantisedEquivalence.Operators(QuantisedEquivalence.Default(s.Finish(y), steps: 1)).ShouldBe($"Load Load {expected} Store");
    }

    [Fact]
    public void Joined_parts_are_requantised()
    {
        var s = new QuantisedSketch(6);
        string a = s.B.Input("a", Image);
        string b = s.B.Input("b", Image);
        string[] inputs = [s.Scalar(0.05f), s.Scalar((byte)90), a, s.Scalar(0.03f), s.Scalar((byte)100), b, s.Scalar(0.02f), s.Scalar((byte)7)];
        Network fused = QuantisedEquivalence.Default(s.Finish(s.Add("com.microsoft.QLinearConcat", inputs, ("axis", 1))), steps: 1);
        QuantisedEquivalence.Operators(fused).ShouldBe("Load Load Concat Store");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Products_with_an_addend(bool stored)
    {
        var s = new QuantisedSketch(7);
        string a = s.B.Input("a", new TensorType(DataType.UInt8, Shape.Of(3, 6)));
        string zeros = s.Constant(Tensor.Vector<sbyte>(0, 0, 0, 0));
        string[] given = [a, s.Scalar(0.02f), s.Scalar((byte)100), s.Constant(s.Signed(4, 6)), s.Constant(s.Scales(4)), zeros];
        string[] inputs = [.. given, s.Constant(Tensor.Vector(500, -300, 20, 9)), .. stored ? [s.Scalar(0.05f), s.Scalar((byte)110)] : (string[])[]];
        string y = s.Add("com.microsoft.QGemm", inputs, ("transB", 1), ("alpha", 0.5f));
        Network fused = QuantisedEquivalence.Default(s.Finish(y), steps: 1, tolerance: 1e-5f);
        QuantisedEquivalence.Operators(fused).ShouldBe(stored ? "Load attune.Dense Store" : "Load attune.Dense");
        fused.TypeOf(fused.Nodes[1].Inputs[1]).Element.ShouldBe(DataType.Int8);
    }

    [Fact]
    public void Conversions_of_the_other_domain_are_onnxs()
    {
        var s = new QuantisedSketch(8);
        string q = s.Add("com.microsoft.QuantizeLinear", [s.B.Input("x", 1, 3, 5, 5), s.Scalar(0.01f), s.Scalar((byte)99)]);
        string x = s.Add("com.microsoft.DequantizeLinear", [q, s.Scalar(0.01f), s.Scalar((byte)99)]);
        string w = s.Add("com.microsoft.DequantizeLinear", [s.Constant(s.Signed(4, 3, 1, 1)), s.Scalar(0.1f), s.Scalar((sbyte)0)]);
        string wide = s.Add("com.microsoft.QuantizeLinear", [s.Add("Conv", [x, w]), s.Scalar(0.001f), s.Scalar((short)0)]);
        string y = s.Add("com.microsoft.DequantizeLinear", [wide, s.Scalar(0.001f), s.Scalar((short)0)]);
        Network fused = QuantisedEquivalence.Default(s.Finish(y), tolerance: 0.001f);
        QuantisedEquivalence.Operators(fused).ShouldBe("Store Load attune.Conv Store Load");
        fused.TypeOf(fused.Nodes[3].Outputs[0]).Element.ShouldBe(DataType.Int16);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(4, false)]
    [InlineData(8, true)]
    public void Products_with_weights_of_a_few_bits_become_layers_of_floats(int bits, bool more)
    {
        var s = new QuantisedSketch(9);
        string x = s.B.Input("x", 1, 3, 40);
        int bytes = 16 * bits / 8;
        string[] inputs = [x, s.Constant(s.Unsigned(5, 3, bytes)), s.Constant(s.Scales(15))];
        string[] others = [s.Constant(s.Unsigned(5 * (((3 * bits) + 7) / 8))), "", s.Constant(Equivalence.Random(4, 5))];
        string y = s.Add("com.microsoft.MatMulNBits", more ? [.. inputs, .. others] : inputs, ("K", 40), ("N", 5), ("bits", bits), ("block_size", 16));
        Network fused = QuantisedEquivalence.Default(s.Finish(y), tolerance: 1e-4f);
        QuantisedEquivalence.Operators(fused).ShouldBe("attune.Dense");
        fused.TypeOf(fused.Nodes[0].Inputs[1]).ShouldBe(new TensorType(DataType.Float32, Shape.Of(40, 5)));
    }
}
