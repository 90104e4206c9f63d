using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Graph.Tests.Passes;

public sealed class ActivationFusionTests
{
    [Theory]
    [InlineData("Relu", "relu")]
    [InlineData("Sigmoid", "sigmoid")]
    [InlineData("Tanh", "tanh")]
    [InlineData("HardSwish", "hard_swish")]
    [InlineData("HardSigmoid", "hard_sigmoid")]
    [InlineData("LeakyRelu", "leaky_relu")]
    public void Single_operators(string operation, string activation) =>
        Fused((b, x) => b.Add(operation, "y", [x]), activation, opset: 14);

    [Fact]
    public void Clip_by_inputs() => Fused((b, x) => b.Add("Clip", "y", [x, Scalar(b, "lo", -0.25f), Scalar(b, "hi", 0.5f)]), "clip")
        .Attributes.Float("beta", 0).ShouldBe(0.5f);

    [Fact]
    public void Clip_by_attributes() => Fused((b, x) => b.Add("Clip", "y", [x], ("min", -0.25f), ("max", 0.5f)), "clip", opset: 10)
        .Attributes.Float("alpha", 0).ShouldBe(-0.25f);

    [Fact]
    public void Silu() => Fused((b, x) => b.Add("Mul", "y", [b.Add("Sigmoid", "s", [x]), x]), "silu");

    [Fact]
    public void Hard_swish_through_hard_sigmoid() =>
        Fused((b, x) => b.Add("Mul", "y", [x, b.Add("HardSigmoid", "h", [x], ("alpha", 1f / 6), ("beta", 0.5f))]), "hard_swish");

    [Fact]
    public void Hard_swish_through_clip_divided_last() => Fused(
        (b, x) =>
        {
            string shifted = b.Add("Add", "shifted", [x, Scalar(b, "three", 3)]);
            string clipped = b.Add("Clip", "clipped", [shifted, Scalar(b, "zero", 0), Scalar(b, "six", 6)]);
            return b.Add("Div", "y", [b.Add("Mul", "product", [x, clipped]), "six"]);
        },
        "hard_swish");

    [Fact]
    public void Hard_swish_through_clip_divided_first() => Fused(
        (b, x) =>
        {
            string shifted = b.Add("Add", "shifted", [Scalar(b, "three", 3), x]);
            string clipped = b.Add("Clip", "clipped", [shifted, Scalar(b, "zero", 0), Scalar(b, "six", 6)]);
            return b.Add("Mul", "y", [x, b.Add("Mul", "sixth", [clipped, Scalar(b, "f", 1f / 6)])]);
        },
        "hard_swish");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gelu_through_erf(bool halfFirst) => Fused((b, x) => ErfGelu(b, x, halfFirst), "gelu");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gelu_through_tanh(bool factored) => Fused((b, x) => TanhGelu(b, x, factored), "gelu_tanh");

    [Fact]
    public void Gelu_after_something_else_becomes_the_single_operator()
    {
        var b = new NetworkBuilder("gelu");
        string x = b.Add("Abs", "abs", [b.Input("x", 2, 3)]);
        b.Output(ErfGelu(b, x, halfFirst: true));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("Abs Gelu");
    }

    [Fact]
    public void A_near_miss_is_left_alone()
    {
        var b = new NetworkBuilder("almost");
        string x = b.Input("x", 2, 3);
        string scaled = b.Add("Div", "scaled", [x, Scalar(b, "c", 1.5f)]);
        string sum = b.Add("Add", "sum", [b.Add("Erf", "erf", [scaled]), Scalar(b, "one", 1)]);
        b.Output(b.Add("Mul", "y", [b.Add("Mul", "half", [x, Scalar(b, "h", 0.5f)]), sum]));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("Div Erf Add Mul Mul");
    }

    [Fact]
    public void An_intermediate_that_is_read_elsewhere_prevents_the_rewriting()
    {
        var b = new NetworkBuilder("gate");
        string y = FusionTests.Convolution(b, "conv", b.Input("x", 1, 2, 4, 4), 2, 2, 1, 1);
        string gate = b.Add("Sigmoid", "gate", [y]);
        b.Output(b.Add("Mul", "y", [y, gate]));
        b.Output(gate);

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("attune.Conv Sigmoid Mul");
    }

    [Fact]
    public void Squeeze_and_excite_is_no_activation()
    {
        var b = new NetworkBuilder("gating");
        string y = FusionTests.Convolution(b, "conv", b.Input("x", 1, 2, 4, 4), 2, 2, 1, 1);
        string pooled = b.Add("GlobalAveragePool", "pool", [y]);
        b.Output(b.Add("Mul", "y", [y, b.Add("Sigmoid", "gate", [pooled])]));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("attune.Conv GlobalAveragePool Sigmoid Mul");
    }

    private static Node Fused(Func<NetworkBuilder, string, string> activate, string activation, int opset = 13)
    {
        var b = new NetworkBuilder("activation", opset);
        string x = FusionTests.Convolution(b, "conv", b.Input("x", 1, 2, 5, 5), 2, 3, 3, 1);
        b.Output(activate(b, x));
        Network fused = Equivalence.Default(b.Build());
        Node node = fused.Nodes.ShouldHaveSingleItem(Equivalence.Operators(fused));
        node.Attributes.Text("activation", "").ShouldBe(activation);
        return node;
    }

    private static string Scalar(NetworkBuilder b, string name, float value) => b.Constant(name, Tensor.Scalar(value));

    private static string ErfGelu(NetworkBuilder b, string x, bool halfFirst)
    {
        string scaled = b.Add("Div", "scaled", [x, Scalar(b, "sqrt2", 1.4142135f)]);
        string sum = b.Add("Add", "sum", [b.Add("Erf", "erf", [scaled]), Scalar(b, "one", 1)]);
        string half = Scalar(b, "half", 0.5f);
        return halfFirst
            ? b.Add("Mul", "y", [b.Add("Mul", "halved", [x, half]), sum])
            : b.Add("Mul", "y", [b.Add("Mul", "product", [x, sum]), half]);
    }

    private static string TanhGelu(NetworkBuilder b, string x, bool factored)
    {
        string c = Scalar(b, "c", 0.044715f);
        string inner;
        if (factored)
        {
            string square = b.Add("Mul", "square", [b.Add("Mul", "cx", [x, c]), x]);
            inner = b.Add("Mul", "inner", [b.Add("Mul", "kx", [x, Scalar(b, "k", 0.79788456f)]), b.Add("Add", "poly", [square, Scalar(b, "one", 1)])]);
        }
        else
        {
            string cube = b.Add("Mul", "cube", [b.Add("Pow", "pow", [x, Scalar(b, "three", 3)]), c]);
            inner = b.Add("Mul", "inner", [b.Add("Add", "poly", [x, cube]), Scalar(b, "k", 0.79788456f)]);
        }

        string sum = b.Add("Add", "sum", [b.Add("Tanh", "tanh", [inner]), Scalar(b, "unit", 1)]);
        return b.Add("Mul", "y", [b.Add("Mul", "halved", [Scalar(b, "half", 0.5f), x]), sum]);
    }
}
