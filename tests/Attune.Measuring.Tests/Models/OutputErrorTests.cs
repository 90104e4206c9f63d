using Attune.Kernels;
using Attune.Measuring.Models;

namespace Attune.Measuring.Tests.Models;

public sealed class OutputErrorTests
{
    [Fact]
    public void Errors_are_relative_to_the_largest_reference_value()
    {
        var error = OutputError.Of("y", Tensor.Vector(1f, 100.5f, 0.25f), Tensor.Vector(1f, 100f, 0f));
        error.MaxAbsError.ShouldBe(0.5);
        error.MaxRelError.ShouldBe(0.005);
    }

    [Fact]
    public void Equal_tensors_have_no_error_even_when_not_finite() =>
        OutputError.Of(
            "y",
            Tensor.Vector(float.NaN, float.PositiveInfinity, 0f),
            Tensor.Vector(float.NaN, float.PositiveInfinity, 0f)).ShouldBe(new OutputError("y", 0, 0));

    [Theory]
    [InlineData(float.NaN, 1f)]
    [InlineData(1f, float.NaN)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(float.NegativeInfinity, float.PositiveInfinity)]
    public void One_side_not_finite_is_an_infinite_error(float ours, float theirs) =>
        OutputError.Of("y", Tensor.Vector(ours, 1f), Tensor.Vector(theirs, 1f)).MaxRelError.ShouldBe(double.PositiveInfinity);

    [Fact]
    public void Texts_must_be_equal()
    {
        static Tensor Texts(params string[] texts) => Tensor.Of(Shape.Of(texts.Length), texts);
        OutputError.Of("y", Texts("a", "b"), Texts("a", "b")).MaxRelError.ShouldBe(0);
        OutputError.Of("y", Texts("a", "c"), Texts("a", "b")).MaxRelError.ShouldBe(double.PositiveInfinity);
    }

    [Fact]
    public void Another_shape_is_an_infinite_error() =>
        OutputError.Of("y", Tensor.Vector(1f), Tensor.Vector(1f, 2f)).MaxAbsError.ShouldBe(double.PositiveInfinity);

    [Fact]
    public void Integers_are_compared_as_numbers() => OutputError.Of("y", Tensor.Vector(1L, 5L), Tensor.Vector(1L, 4L)).ShouldBe(new OutputError("y", 1, 0.25));

    [Fact]
    public void Inputs_are_the_same_for_the_same_seed()
    {
        NetworkValue[] inputs = [new("x", new TensorType(DataType.Float32, Shape.Of(3, 4))), new("ids", new TensorType(DataType.Int64, Shape.Of(5)))];
        Dictionary<string, Tensor> first = RandomInputs.For(inputs, 1);
        Dictionary<string, Tensor> again = RandomInputs.For(inputs, 1);
        first["x"].Data.ShouldBe(again["x"].Data);
        RandomInputs.For(inputs, 2)["x"].Data.ShouldNotBe(first["x"].Data);
        first["x"].Elements<float>().ShouldAllBe(value => value >= -1 && value < 1);
        first["ids"].Elements<long>().ShouldAllBe(value => value == 0 || value == 1);
    }
}
