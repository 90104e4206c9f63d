using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Graph.Tests.Passes;

public sealed class AffineForwardingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void A_scale_and_a_shift_behind_an_activation_disappear_into_the_convolution_after_them(int group)
    {
        var b = new NetworkBuilder("forward");
        string x = b.Input("x", 2, 6, 5, 5);
        string y = b.Add("Relu", "relu", [x]);
        y = b.Add("Mul", "scale", [b.Constant("s", Equivalence.Random(1, 6, 1, 1)), y]);
        y = b.Add("Add", "shift", [y, b.Constant("t", Equivalence.Random(2, 1))]);
        b.Output(b.Add(
            "Conv", "conv", [y, b.Constant("w", Equivalence.Random(3, 12, 6 / group, 3, 3)), b.Constant("b", Equivalence.Random(4, 12))], ("group", group)));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("Relu attune.Conv");
    }

    [Fact]
    public void Before_a_padded_convolution_the_scale_goes_and_the_shift_stays()
    {
        var b = new NetworkBuilder("padded");
        string x = b.Input("x", 1, 4, 6, 6);
        string y = b.Add("Mul", "scale", [x, b.Constant("s", Tensor.Of(Shape.Of(4, 1, 1), [0.5f, -2f, 1.5f, 3f]))]);
        y = b.Add("Sub", "shift", [y, b.Constant("t", Equivalence.Random(2, 4, 1, 1))]);
        b.Output(b.Add("Conv", "conv", [y, b.Constant("w", Equivalence.Random(3, 8, 4, 3, 3))], ("pads", new long[] { 1, 1, 1, 1 })));

        Network fused = Equivalence.Default(b.Build());

        Equivalence.Operators(fused).ShouldBe("Add attune.Conv");
    }

    [Fact]
    public void A_factor_of_zero_before_a_shift_and_a_padded_convolution_stays()
    {
        var b = new NetworkBuilder("zero");
        string x = b.Input("x", 1, 2, 4, 4);
        string y = b.Add("Mul", "scale", [x, b.Constant("s", Tensor.Of(Shape.Of(2, 1, 1), [1f, 0f]))]);
        y = b.Add("Add", "shift", [y, b.Constant("t", Equivalence.Random(2, 2, 1, 1))]);
        b.Output(b.Add("Conv", "conv", [y, b.Constant("w", Equivalence.Random(3, 3, 2, 3, 3))], ("pads", new long[] { 1, 1, 1, 1 })));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("Mul Add attune.Conv");
    }

    [Fact]
    public void A_scaled_value_with_two_readers_keeps_its_scale()
    {
        var b = new NetworkBuilder("shared");
        string x = b.Input("x", 1, 2, 4, 4);
        string y = b.Add("Mul", "scale", [x, b.Constant("s", Equivalence.Random(1, 2, 1, 1))]);
        b.Output(b.Add("Conv", "conv", [y, b.Constant("w", Equivalence.Random(3, 3, 2, 1, 1))]));
        b.Output(b.Add("Tanh", "tanh", [y]));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("Mul attune.Conv Tanh");
    }
}
