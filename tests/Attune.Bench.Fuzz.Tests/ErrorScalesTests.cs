using Attune.Bench.Fuzz.Trials;
using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Bench.Fuzz.Tests;

public sealed class ErrorScalesTests
{
    private const double Rounding = 1.0 / (1 << 24);

    [Fact]
    public void A_sum_counts_what_is_added_and_not_what_is_left()
    {
        // 1000 - 1000 leaves nothing, but one rounding of either is 2^-24 of a thousand, and of both together of two thousand.
        ScaledTensor y = Run("Sub", Tensor.Vector(1000f), Tensor.Vector(1000f));
        y.Value.Elements<float>()[0].ShouldBe(0);
        ((double)y.Scale![0]).ShouldBe(2000 * Rounding, 1e-3 * 2000 * Rounding);
    }

    [Fact]
    public void Errors_pass_a_product_by_the_size_of_the_other_factor()
    {
        // (a - b) is off by 2000 roundings; times 3 that is 6000, the product's own rounding of about 2 x 3 is nothing beside it.
        var b = new NetworkBuilder("product");
        string difference = b.Add("Sub", "d", [b.Input("a", 1), b.Input("b", 1)]);
        b.Output(b.Add("Mul", "y", [difference, b.Constant("three", Tensor.Vector(3f))]));
        ScaledTensor y = ErrorScales.Run(b.Build(), new Dictionary<string, Tensor> { ["a"] = Tensor.Vector(1001f), ["b"] = Tensor.Vector(999f) })["y"];
        ((double)y.Scale![0]).ShouldBe(6000 * Rounding, 1e-2 * 6000 * Rounding);
    }

    [Fact]
    public void A_matrix_product_counts_magnitudes_and_the_root_of_its_terms()
    {
        // 4 terms of 1 each: sqrt(4) x 4 roundings, whatever the signs.
        Tensor x = Tensor.Of(Shape.Of(1, 4), new[] { 1f, -1, 1, -1 });
        ScaledTensor y = Run("MatMul", x, Tensor.Of(Shape.Of(4, 1), new[] { 1f, 1, 1, 1 }));
        y.Value.Elements<float>()[0].ShouldBe(0);
        ((double)y.Scale![0]).ShouldBe(8 * Rounding, 1e-3 * 8 * Rounding);
    }

    [Fact]
    public void Algorithms_that_add_operands_up_first_are_as_far_off_as_their_largest_numbers()
    {
        // The first row is zero, so its results are: unless a product of (first row + second row) was computed, whose rounding has the second row's size.
        Tensor x = Tensor.Of(Shape.Of(2, 4), new[] { 0f, 0, 0, 0, 8, 8, 8, 8 });
        Tensor w = Tensor.Of(Shape.Of(4, 1), new[] { 1f, 1, 1, 1 });
        Run("MatMul", x, w).Scale![0].ShouldBe(0);
        var b = new NetworkBuilder("bilinear");
        b.Output(b.Add("MatMul", "y", [b.Input("x", 2, 4), b.Constant("w", w)]));
        ScaledTensor y = ErrorScales.Run(b.Build(), new Dictionary<string, Tensor> { ["x"] = x }, bilinear: true)["y"];
        ((double)y.Scale![0]).ShouldBe(64 * Rounding, 1e-3 * 64 * Rounding);
        y.Value.Elements<float>().ShouldBe([0, 32]);
    }

    [Fact]
    public void An_exponential_below_every_normal_number_may_be_zero()
    {
        // e^-100 is about 4e-44: its root, 2e-22, may be zero as well, and that of e^-50 may not.
        var b = new NetworkBuilder("tail");
        b.Output(b.Add("Sqrt", "y", [b.Add("Softmax", "s", [b.Input("x", 1, 3)])]));
        ScaledTensor y = ErrorScales.Run(b.Build(), new Dictionary<string, Tensor> { ["x"] = Tensor.Of(Shape.Of(1, 3), new[] { 0f, -50, -100 }) })["y"];
        (y.Value.Elements<float>()[2] / (double)y.Scale![2]).ShouldBeLessThan(ErrorScales.Deviations);
        (y.Value.Elements<float>()[1] / (double)y.Scale![1]).ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void What_is_added_to_a_sum_of_products_counts_with_every_term()
    {
        // A kernel that begins with 1000 rounds each of the 4 small terms at the size of 1000.
        var b = new NetworkBuilder("onto");
        string product = b.Add("MatMul", "p", [b.Input("x", 1, 4), b.Constant("w", Tensor.Of(Shape.Of(4, 1), new[] { 1f, 1, 1, 1 }))]);
        b.Output(b.Add("Add", "y", [product, b.Constant("bias", Tensor.Vector(1000f))]));
        Tensor x = Tensor.Of(Shape.Of(1, 4), new[] { 1e-3f, 1e-3f, 1e-3f, 1e-3f });
        ScaledTensor y = ErrorScales.Run(b.Build(), new Dictionary<string, Tensor> { ["x"] = x })["y"];
        ((double)y.Scale![0]).ShouldBe(Math.Sqrt(5) * 1000 * Rounding, 1e-3 * 2000 * Rounding);
    }

    [Fact]
    public void Errors_of_tiny_numbers_beside_large_ones_reach_the_matrix_product()
    {
        // Two rows: 2^80 and 2^-80 of what is left of 1 - 1. Squared against the largest, the error of the second is no float any more.
        var b = new NetworkBuilder("tiny");
        string left = b.Add("Sub", "d", [b.Input("a", 2, 1), b.Input("b", 2, 1)]);
        string scaled = b.Add("Mul", "s", [left, b.Constant("scale", Tensor.Of(Shape.Of(2, 1), new[] { MathF.Pow(2, 80), MathF.Pow(2, -80) }))]);
        b.Output(b.Add("MatMul", "y", [scaled, b.Constant("one", Tensor.Of(Shape.Of(1, 1), new[] { 1f }))]));
        Tensor ones = Tensor.Of(Shape.Of(2, 1), new[] { 1f, 1f });
        ScaledTensor y = ErrorScales.Run(b.Build(), new Dictionary<string, Tensor> { ["a"] = ones, ["b"] = ones })["y"];
        double expected = 2 * Rounding * Math.Pow(2, -80);
        ((double)y.Scale![1]).ShouldBe(expected, 0.1 * expected);
    }

    [Fact]
    public void What_only_moves_numbers_adds_no_error()
    {
        ScaledTensor y = Run("Transpose", Tensor.Of(Shape.Of(2, 2), new[] { 1f, 2, 3, 4 }));
        y.Scale.ShouldBe([0, 0, 0, 0]);
    }

    [Fact]
    public void Where_an_error_may_reach_a_pole_anything_is_right()
    {
        var b = new NetworkBuilder("pole");
        string nearZero = b.Add("Sub", "d", [b.Input("a", 1), b.Input("b", 1)]);
        b.Output(b.Add("Sqrt", "y", [nearZero]));
        ScaledTensor y = ErrorScales.Run(b.Build(), new Dictionary<string, Tensor> { ["a"] = Tensor.Vector(1f), ["b"] = Tensor.Vector(1f) })["y"];
        float.IsPositiveInfinity(y.Scale![0]).ShouldBeTrue();
    }

    [Fact]
    public void What_is_no_number_without_doubt_must_be_none()
    {
        ScaledTensor y = Run("Sqrt", Tensor.Vector(-1f));
        TensorDifference.Of(Tensor.Vector(float.NaN), y, ErrorScales.Deviations, 0).ShouldBeNull();
        TensorDifference.Of(Tensor.Vector(0f), y, ErrorScales.Deviations, 0).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(1f, true)]
    [InlineData(1.0000005f, true)]
    [InlineData(1.00001f, false)]
    [InlineData(float.NaN, false)]
    [InlineData(float.PositiveInfinity, false)]
    public void Roundings_pass_and_errors_do_not(float have, bool passes)
    {
        ScaledTensor y = Run("Add", Tensor.Vector(0.5f), Tensor.Vector(0.5f));
        (TensorDifference.Of(Tensor.Vector(have), y, ErrorScales.Deviations, 0) is null).ShouldBe(passes);
    }

    [Fact]
    public void Another_shape_is_a_difference()
    {
        ScaledTensor y = Run("Add", Tensor.Vector(0.5f), Tensor.Vector(0.5f));
        TensorDifference.Of(Tensor.Of(Shape.Of(1, 1), new[] { 1f }), y, ErrorScales.Deviations, 0).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("LSTM", 4)]
    [InlineData("GRU", 3)]
    [InlineData("RNN", 1)]
    public void Errors_of_a_recurrent_layer_stay_roundings_and_grow_with_its_steps(string operation, int gates)
    {
        var random = new Random(3);
        Tensor Numbers(double size, params long[] extents) => Tensor.Of(
            Shape.Of(extents), Enumerable.Range(0, (int)Shape.Of(extents).Count).Select(_ => (float)(size * ((2 * random.NextDouble()) - 1))).ToArray());
        var b = new NetworkBuilder("recurrent");
        string[] operands = [b.Input("x", 5, 1, 8), b.Constant("w", Numbers(0.3, 1, gates * 8, 8)), b.Constant("r", Numbers(0.3, 1, gates * 8, 8))];
        b.Add(operation, "layer", operands, ["y", "h"]);
        b.Output("y");
        ScaledTensor y = ErrorScales.Run(b.Build(), new Dictionary<string, Tensor> { ["x"] = Numbers(1, 5, 1, 8) })["y"];
        y.Scale!.ShouldAllBe(scale => scale > Rounding && scale * ErrorScales.Deviations < 1e-3);
        y.Scale![..8].Average().ShouldBeLessThan(y.Scale![^8..].Average());
    }

    private static ScaledTensor Run(string operation, params Tensor[] operands)
    {
        var b = new NetworkBuilder("one operator");
        string[] names = [.. operands.Select((operand, i) => b.Input($"x{i}", operand.Type))];
        b.Output(b.Add(operation, "y", names));
        return ErrorScales.Run(b.Build(), names.Zip(operands).ToDictionary(pair => pair.First, pair => pair.Second))["y"];
    }
}
