using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Graph.Tests.Passes;

public sealed class FusionTests
{
    [Fact]
    public void Convolution_batch_norm_residual_and_relu_become_one_operator()
    {
        var b = new NetworkBuilder("block");
        string x = b.Input("x", 1, 4, 6, 6);
        string y = Convolution(b, "conv1", x, 4, 4, 3, 1, ("pads", new long[] { 1, 1, 1, 1 }));
        y = BatchNorm(b, "bn1", y, 4);
        y = b.Add("Relu", "relu1", [y]);
        y = Convolution(b, "conv2", y, 4, 4, 3, 1, ("pads", new long[] { 1, 1, 1, 1 }));
        y = BatchNorm(b, "bn2", y, 4);
        y = b.Add("Add", "add", [y, x]);
        b.Output(b.Add("Relu", "relu2", [y]));

        Network fused = Equivalence.Default(b.Build());

        Equivalence.Operators(fused).ShouldBe("attune.Conv attune.Conv");
        fused.Nodes[0].Attributes.Text("activation", "").ShouldBe("relu");
        fused.Nodes[1].Attributes.Text("activation", "").ShouldBe("relu");
        fused.Nodes[1].Input(3).ShouldBe("x");
        fused.Constants.Count.ShouldBe(4);
    }

    [Fact]
    public void Of_two_convolutions_added_the_later_takes_the_other_as_residual()
    {
        var b = new NetworkBuilder("projection");
        string x = b.Input("x", 1, 3, 5, 5);
        string left = Convolution(b, "left", x, 3, 4, 1, 1);
        string right = Convolution(b, "right", x, 3, 4, 1, 1);
        b.Output(b.Add("Relu", "y", [b.Add("Add", "sum", [right, left])]));

        Network fused = Equivalence.Default(b.Build());

        Equivalence.Operators(fused).ShouldBe("attune.Conv attune.Conv");
        fused.Nodes[1].Name.ShouldBe("right");
        fused.Nodes[1].Input(3).ShouldBe("left");
    }

    [Fact]
    public void A_convolution_with_two_readers_is_not_fused_with_either()
    {
        var b = new NetworkBuilder("shared");
        string x = b.Input("x", 1, 2, 4, 4);
        string y = Convolution(b, "conv", x, 2, 2, 1, 1);
        b.Output(b.Add("Relu", "relu", [y]));
        b.Output(b.Add("Tanh", "tanh", [y]));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("attune.Conv Relu Tanh");
    }

    [Fact]
    public void A_convolution_whose_result_the_caller_wants_keeps_it()
    {
        var b = new NetworkBuilder("wanted");
        string x = b.Input("x", 1, 2, 4, 4);
        string y = Convolution(b, "conv", x, 2, 2, 1, 1);
        b.Output(y);
        b.Output(b.Add("Relu", "relu", [y]));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("attune.Conv Relu");
    }

    [Fact]
    public void A_residual_that_would_be_broadcast_stays_an_addition()
    {
        var b = new NetworkBuilder("broadcast");
        string x = b.Input("x", 1, 2, 4, 4);
        string r = b.Input("r", 1, 2, 1, 1);
        string y = Convolution(b, "conv", x, 2, 2, 1, 1);
        b.Output(b.Add("Add", "y", [y, r]));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("attune.Conv Add");
    }

    [Fact]
    public void A_value_added_to_itself_stays()
    {
        var b = new NetworkBuilder("double");
        string y = Convolution(b, "conv", b.Input("x", 1, 2, 4, 4), 2, 2, 1, 1);
        b.Output(b.Add("Add", "y", [y, y]));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("attune.Conv Add");
    }

    [Theory]
    [InlineData(0, 1f, 1f)]
    [InlineData(1, 0.5f, 2f)]
    public void Gemm_becomes_dense_with_its_factors_folded(long transB, float alpha, float beta)
    {
        var b = new NetworkBuilder("gemm");
        string x = b.Input("x", 3, 5);
        string w = b.Constant("w", transB == 0 ? Equivalence.Random(1, 5, 4) : Equivalence.Random(1, 4, 5));
        string c = b.Constant("c", Equivalence.Random(2, 4));
        string y = b.Add("Gemm", "fc", [x, w, c], ("transB", transB), ("alpha", alpha), ("beta", beta));
        b.Output(b.Add("Relu", "y", [BatchNorm(b, "bn", y, 4)]));

        Network fused = Equivalence.Default(b.Build());

        Equivalence.Operators(fused).ShouldBe("attune.Dense");
        fused.Nodes[0].Attributes.Int("transB", 0).ShouldBe(transB);
    }

    [Fact]
    public void MatMul_bias_residual_and_activation_become_dense()
    {
        var b = new NetworkBuilder("encoder");
        string x = b.Input("x", 2, 3, 4);
        string y = b.Add("MatMul", "proj", [x, b.Constant("w", Equivalence.Random(1, 4, 4))]);
        y = b.Add("Add", "bias", [b.Constant("c", Equivalence.Random(2, 4)), y]);
        b.Output(b.Add("Add", "y", [x, y]));

        Network fused = Equivalence.Default(b.Build());

        Equivalence.Operators(fused).ShouldBe("attune.Dense");
        fused.Nodes[0].Input(3).ShouldBe("x");
    }

    [Fact]
    public void MatMul_of_two_computed_values_stays()
    {
        var b = new NetworkBuilder("attention");
        b.Output(b.Add("MatMul", "y", [b.Input("q", 1, 2, 3, 4), b.Input("k", 1, 2, 4, 3)]));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("MatMul");
    }

    [Fact]
    public void Standalone_batch_norm_becomes_multiplication_and_addition()
    {
        var b = new NetworkBuilder("preactivation");
        b.Output(b.Add("Relu", "y", [BatchNorm(b, "bn", b.Input("x", 2, 3, 4, 4), 3)]));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("Mul Add Relu");
    }

    [Fact]
    public void Grouped_strided_dilated_convolution_keeps_its_attributes()
    {
        var b = new NetworkBuilder("grouped");
        string x = b.Input("x", 1, 4, 9, 9);
        string w = b.Constant("w", Equivalence.Random(1, 6, 2, 3, 3));
        string y = b.Add(
            "Conv", "conv", [x, w], ("group", 2), ("strides", new long[] { 2, 1 }), ("dilations", new long[] { 1, 2 }), ("auto_pad", "SAME_UPPER"));
        b.Output(BatchNorm(b, "bn", y, 6));

        Network fused = Equivalence.Default(b.Build());

        Node conv = fused.Nodes.ShouldHaveSingleItem();
        conv.Attributes.Int("group", 0).ShouldBe(2);
        // ceil(9 / 2) = 5 rows need (5 - 1) * 2 + 3 - 9 = 2 of padding; 9 columns of reach 5 need 4.
        conv.Attributes.Ints("pads")!.Value.ShouldBe([1L, 2, 1, 2]);
        conv.Attributes.Has("auto_pad").ShouldBeFalse();
    }

    internal static string Convolution(
        NetworkBuilder b, string name, string x, long ci, long co, long kernel, int seed, params (string Name, object Value)[] attributes)
    {
        string w = b.Constant($"{name}.w", Equivalence.Random(seed, co, ci, kernel, kernel));
        return b.Add("Conv", name, [x, w, b.Constant($"{name}.b", Equivalence.Random(seed + 1, co))], attributes);
    }

    internal static string BatchNorm(NetworkBuilder b, string name, string x, long channels) => b.Add(
        "BatchNormalization",
        name,
        [
            x,
            b.Constant($"{name}.scale", Equivalence.Positive(7, channels)),
            b.Constant($"{name}.shift", Equivalence.Random(8, channels)),
            b.Constant($"{name}.mean", Equivalence.Random(9, channels)),
            b.Constant($"{name}.var", Equivalence.Positive(10, channels)),
        ]);
}
