using Attune.Kernels;

namespace Attune.Graph.Tests.Passes.Quantised;

/// <summary>What becomes of networks whose conversions are written out.</summary>
public sealed class QuantisedFormsTests
{
    [Fact]
    public void A_convolution_on_bytes_keeps_signed_weights_and_their_scales()
    {
        var s = new QuantisedSketch(1);
        string x = s.Pair(s.B.Input("x", 1, 3, 6, 6), 0.01f, 120);
        string y = s.Add("Relu", [s.Convolution(x, 0.01f, 3, 4, 3, ("pads", new long[] { 1, 1, 1, 1 }))]);

        // Zero is not the lowest byte, so the Relu is not implied.
        Network fused = QuantisedEquivalence.Default(s.Finish(s.Store(y, 0.02f, (byte)3)), steps: 1);

        QuantisedEquivalence.Operators(fused).ShouldBe("Store Load attune.Conv Store");
        Node layer = fused.Nodes[2];
        layer.Attributes.Text("activation", "").ShouldBe("relu");
        fused.TypeOf(layer.Inputs[1]).ShouldBe(new TensorType(DataType.Int8, Shape.Of(4, 3, 3, 3)));
        fused.TypeOf(layer.Inputs[2]).ShouldBe(new TensorType(DataType.Float32, Shape.Of(4)));
        layer.Inputs[3].ShouldBeEmpty();
        fused.TypeOf(layer.Inputs[4]).ShouldBe(new TensorType(DataType.Float32, Shape.Of(4)));
        IEnumerable<Node> conversions = fused.Nodes.Where(node => node.Operator.EndsWith("Linear", StringComparison.Ordinal));
        conversions.SelectMany(node => node.Inputs.Skip(1)).ShouldAllBe(parameter => fused.Constants[parameter].Shape.Equals(Shape.Scalar));
    }

    [Fact]
    public void Unsigned_weights_are_centred_where_that_fits()
    {
        Network fused = QuantisedEquivalence.Default(Weighted((byte)128, [0, 100, 255, 128]));
        fused.Constants[fused.Nodes[2].Inputs[1]].Elements<sbyte>().ShouldBe([-128, -28, 127, 0]);
        fused.Constants[fused.Nodes[2].Inputs[4]].Elements<float>().ShouldBe([0.5f, 0.5f]);

        fused = QuantisedEquivalence.Default(Weighted((byte)3, [3, 0, 130, 5]));
        fused.Constants[fused.Nodes[2].Inputs[1]].Elements<sbyte>().ShouldBe([0, -3, 127, 2]);

        fused = QuantisedEquivalence.Default(Weighted((byte)3, [3, 0, 131, 5]));
        fused.Constants[fused.Nodes[2].Inputs[1]].Elements<float>().ShouldBe([0, -1.5f, 64, 1]);

        static Network Weighted(byte zero, byte[] weights)
        {
            var s = new QuantisedSketch(2);
            string x = s.Pair(s.B.Input("x", 4, 2), 0.01f, 120);
            string w = s.Add("DequantizeLinear", [s.Constant(Tensor.Of(Shape.Of(2, 2), weights)), s.Scalar(0.5f), s.Scalar(zero)]);
            return s.Finish(s.Add("MatMul", [x, w]));
        }
    }

    [Theory]
    [InlineData("Gemm", 1)]
    [InlineData("Gemm", 0)]
    [InlineData("MatMul", 0)]
    [InlineData("Transposed", 0)]
    public void Matrix_products_have_a_scale_for_each_column(string form, int transposed)
    {
        var s = new QuantisedSketch(3);
        string x = s.Pair(s.B.Input("x", 5, 6), 0.01f, 120);
        bool rows = transposed != 0 || form == "Transposed";
        string w = s.Add("DequantizeLinear", [s.Constant(rows ? s.Signed(4, 6) : s.Signed(6, 4)), s.Constant(s.Scales(4))], ("axis", rows ? 0 : 1));
        string bias = s.Constant(Equivalence.Random(9, 4));
        string y = form switch
        {
            "Gemm" => s.Add("Gemm", [x, w, bias], ("transB", transposed), ("alpha", 0.5f), ("beta", 2f)),
            "MatMul" => s.Add("Add", [s.Add("MatMul", [x, w]), bias]),
            _ => s.Add("Add", [s.Add("MatMul", [x, s.Add("Transpose", [w], ("perm", new long[] { 1, 0 }))]), bias]),
        };

        Network fused = QuantisedEquivalence.Default(s.Finish(y), tolerance: 1e-5f);

        QuantisedEquivalence.Operators(fused).ShouldBe("Store Load attune.Dense");
        fused.TypeOf(fused.Nodes[2].Inputs[1]).Element.ShouldBe(DataType.Int8);
        fused.TypeOf(fused.Nodes[2].Inputs[4]).Shape.ShouldBe(Shape.Of(4));
        fused.Constants.Values.ShouldNotContain(constant => constant.Element == DataType.Float32 && constant.Count > 4);
    }

    [Fact]
    public void Weights_alone_in_bytes_become_floats_as_before()
    {
        var s = new QuantisedSketch(4);
        string x = s.B.Input("x", 1, 3, 6, 6);
        Network fused = QuantisedEquivalence.Default(s.Finish(s.Convolution(x, 0.01f, 3, 4, 1)), tolerance: 1e-5f);
        QuantisedEquivalence.Operators(fused).ShouldBe("attune.Conv");
        fused.TypeOf(fused.Nodes[0].Inputs[1]).Element.ShouldBe(DataType.Float32);
        fused.Constants.Count.ShouldBe(2);
    }

    [Fact]
    public void Floats_that_are_quantised_at_once_are_weights_of_bytes()
    {
        var s = new QuantisedSketch(5);
        string x = s.Pair(s.B.Input("x", 1, 3, 6, 6), 0.01f, 120);
        string[] parameters = [s.Constant(s.Scales(4)), s.Constant(Tensor.Vector<sbyte>(0, 0, 0, 0))];
        string w = s.Add("QuantizeLinear", [s.Constant(Equivalence.Random(8, 4, 3, 1, 1)), .. parameters], ("axis", 0));
        w = s.Add("DequantizeLinear", [w, .. parameters], ("axis", 0));
        Network fused = QuantisedEquivalence.Default(s.Finish(s.Add("Conv", [x, w])), tolerance: 1e-5f);
        QuantisedEquivalence.Operators(fused).ShouldBe("Store Load attune.Conv");
        fused.TypeOf(fused.Nodes[2].Inputs[1]).Element.ShouldBe(DataType.Int8);
    }

    [Fact]
    public void Signed_bytes_become_unsigned_through_what_moves_them()
    {
        var s = new QuantisedSketch(6);
        string q = s.Store(s.B.Input("x", 1, 2, 4, 4), 0.01f, (sbyte)-8);
        string pooled = s.Add("MaxPool", [q], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));
        string turned = s.Add("Transpose", [pooled], ("perm", new long[] { 0, 2, 3, 1 }));
        Network fused = QuantisedEquivalence.Default(s.Finish(s.Load(turned, 0.01f, (sbyte)-8)));
        QuantisedEquivalence.Operators(fused).ShouldBe("Store Load MaxPool Store Load Transpose Store Load");
        fused.Types.Values.ShouldNotContain(type => type.Element == DataType.Int8);
    }

    [Fact]
    public void Bytes_that_are_joined_with_themselves_are_moved_alone()
    {
        var s = new QuantisedSketch(6);
        string q = s.Store(s.B.Input("x", 1, 2, 4, 4), 0.01f, (sbyte)-8);
        Network fused = QuantisedEquivalence.Default(s.Finish(s.Load(s.Add("Concat", [q, q], ("axis", 1)), 0.01f, (sbyte)-8)));
        QuantisedEquivalence.Operators(fused).ShouldBe("Store Load Concat Store Load");
        fused.Types.Values.ShouldNotContain(type => type.Element == DataType.Int8);
    }

    [Fact]
    public void Inputs_and_outputs_of_the_network_keep_their_type()
    {
        var s = new QuantisedSketch(7);
        string x = s.Load(s.B.Input("x", new TensorType(DataType.Int8, Shape.Of(1, 3, 5, 5))), 0.01f, (sbyte)5);
        Network network = s.Finish(s.Store(s.Convolution(x, 0.01f, 3, 4, 1), 0.02f, (sbyte)-3));
        Network fused = QuantisedEquivalence.Default(network, steps: 1);
        QuantisedEquivalence.Operators(fused).ShouldBe("Load Store Load attune.Conv Store");
        fused.TypeOf(fused.Nodes[3].Inputs[1]).Element.ShouldBe(DataType.Int8);
        fused.TypeOf(fused.Nodes[1].Outputs[0]).Element.ShouldBe(DataType.UInt8);
    }

    [Fact]
    public void What_only_moved_before_a_layer_is_bytes_again()
    {
        var s = new QuantisedSketch(8);
        string x = s.Pair(s.B.Input("x", 1, 2, 4, 4), 0.01f, 120);
        string pooled = s.Add("Relu", [s.Add("MaxPool", [x], ("kernel_shape", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 0, 0 }))]);
        string w = s.Add("DequantizeLinear", [s.Constant(s.Signed(32, 3)), s.Scalar(0.1f)]);
        Network fused = QuantisedEquivalence.Default(s.Finish(s.Add("MatMul", [s.Add("Flatten", [pooled]), w])), tolerance: 1e-5f);
        QuantisedEquivalence.Operators(fused).ShouldBe("Store Load MaxPool Relu Flatten Store Load attune.Dense");
    }

    [Fact]
    public void A_sum_of_quantised_branches_keeps_its_roundings()
    {
        var s = new QuantisedSketch(9);
        string x = s.Pair(s.B.Input("x", 1, 4, 5, 5), 0.01f, 120);
        string branch = s.Pair(s.Convolution(x, 0.01f, 4, 4, 1), 0.03f, 128);
        string y = s.Add("Relu", [s.Add("Add", [branch, x])]);
        Network fused = QuantisedEquivalence.Default(s.Finish(s.Store(y, 0.03f, (byte)0)), steps: 1);
        QuantisedEquivalence.Operators(fused).ShouldBe("Store Load attune.Conv Store Load Add Store");
    }

    [Fact]
    public void A_sum_that_is_not_rounded_before_is_fused()
    {
        var s = new QuantisedSketch(10);
        string x = s.Pair(s.B.Input("x", 1, 4, 5, 5), 0.01f, 120);
        string y = s.Add("Relu", [s.Add("Add", [s.Convolution(x, 0.01f, 4, 4, 1), x])]);
        Network fused = QuantisedEquivalence.Default(s.Finish(s.Store(y, 0.03f, (byte)7)), steps: 1);
        QuantisedEquivalence.Operators(fused).ShouldBe("Store Load attune.Conv Store");
        Node layer = fused.Nodes[2];
        layer.Inputs.Length.ShouldBe(5);
        layer.Inputs[3].ShouldBe(layer.Inputs[0]);
        fused.TypeOf(layer.Inputs[4]).Shape.ShouldBe(Shape.Of(4));
    }

    [Fact]
    public void Batch_norm_behind_a_layer_of_bytes_goes_into_its_scales()
    {
        foreach (bool negative in (bool[])[false, true])
        {
            var s = new QuantisedSketch(11);
            string x = s.Pair(s.B.Input("x", 1, 3, 5, 5), 0.01f, 120);
            float[] factors = [2f, 0.5f, 3f, negative ? -1 : 1];
            string factor = s.Constant(Tensor.Of(Shape.Of(4, 1, 1), factors));
            string y = s.Add("Add", [s.Add("Mul", [s.Convolution(x, 0.01f, 3, 4, 1), factor]), s.Constant(Equivalence.Random(3, 4, 1, 1))]);
            Network fused = QuantisedEquivalence.Default(s.Finish(y), tolerance: 1e-4f);
            QuantisedEquivalence.Operators(fused).ShouldBe(negative ? "Store Load attune.Conv Mul Add" : "Store Load attune.Conv");
            fused.TypeOf(fused.Nodes[2].Inputs[1]).Element.ShouldBe(DataType.Int8);
        }
    }

    [Theory]
    [InlineData(0f, "Store Load attune.Conv")]
    [InlineData(0.5f, "Store Load Pad Store Load attune.Conv")]
    public void Zeros_around_bytes_are_the_convolutions_own(float fill, string expected)
    {
        var s = new QuantisedSketch(12);
        string x = s.Pair(s.B.Input("x", 1, 3, 5, 5), 0.01f, 120);
        string padded = s.Add("Pad", [x, s.Constant(Tensor.Vector<long>(0, 0, 1, 1, 0, 0, 1, 2)), s.Scalar(fill)]);
        Network fused = QuantisedEquivalence.Default(s.Finish(s.Convolution(s.Pair(padded, 0.01f, 120), 0.01f, 3, 4, 3)), tolerance: 1e-5f);
        QuantisedEquivalence.Operators(fused).ShouldBe(expected);
        fused.TypeOf(fused.Nodes[^1].Inputs[1]).Element.ShouldBe(DataType.Int8);
    }

    [Fact]
    public void What_only_the_other_domain_converts_to_16_bits_is_onnxs_too()
    {
        var s = new QuantisedSketch(13);
        string q = s.Add("com.microsoft.QuantizeLinear", [s.B.Input("x", 1, 3, 5, 5), s.Scalar(0.001f), s.Scalar((short)-7)]);
        Network fused = QuantisedEquivalence.Default(s.Finish(q));
        fused.Nodes.ShouldHaveSingleItem().Operator.ShouldBe("QuantizeLinear");
    }
}
