using Attune.Kernels;

namespace Attune.Reference.Tests;

public class ElementwiseKernelsTests
{
    [Fact]
    public void Shapes_broadcast_from_the_right()
    {
        Tensor column = Tensor.Of(Shape.Of(2, 1), new float[] { 10, 20 });
        Kernel.Run("Add", column, Kernel.Ramp(3)).ShouldBe([2, 3], [10, 11, 12, 20, 21, 22]);
        Kernel.Run("Sub", Kernel.Ramp(3), Tensor.Scalar(1f)).ShouldBe([3], [-1, 0, 1]);
        Should.Throw<ArgumentException>(() => Kernel.Run("Add", Kernel.Ramp(2), Kernel.Ramp(3)));
    }

    [Fact]
    public void Old_operator_sets_place_the_second_operand_by_axis()
    {
        Attributes attributes = Attributes.None.With("broadcast", 1).With("axis", 0);
        Kernel.RunAll("Mul", 6, 1, attributes, Kernel.Floats(Shape.Of(2, 2), _ => 1), Tensor.Vector(3f, 4))[0].ShouldBe([2, 2], [3, 3, 4, 4]);
    }

    [Fact]
    public void Integers_keep_their_type_and_wrap()
    {
        Kernel.Run("Add", Tensor.Vector<byte>(250, 1), Tensor.Vector<byte>(10, 1)).Elements<byte>().ShouldBe([(byte)4, (byte)2]);
        Kernel.Run("Div", Tensor.Vector(7, -7), Tensor.Vector(2, 2)).Elements<int>().ShouldBe([3, -3]);
        Should.Throw<ArgumentException>(() => Kernel.Run("Div", Tensor.Vector(7), Tensor.Vector(0)));
    }

    [Fact]
    public void The_two_remainders_differ_in_sign()
    {
        Kernel.Run("Mod", Tensor.Vector(-7, 7), Tensor.Vector(3, -3)).Elements<int>().ShouldBe([2, -2]);
        Kernel.Run("Mod", Attributes.None.With("fmod", 1), Tensor.Vector(-7, 7), Tensor.Vector(3, -3)).Elements<int>().ShouldBe([-1, 1]);
    }

    [Fact]
    public void Half_precision_is_rounded_once_after_computing()
    {
        Tensor half = Kernel.Run("Add", Tensor.Vector((Half)1, (Half)2048), Tensor.Vector((Half)0.5, (Half)1));
        half.Elements<Half>().ShouldBe([(Half)1.5, (Half)2048]);
        Kernel.Run("Mul", Tensor.Vector(BFloat16.FromSingle(3)), Tensor.Vector(BFloat16.FromSingle(0.5f))).Elements<BFloat16>()[0].ToSingle().ShouldBe(1.5f);
    }

    [Fact]
    public void A_narrow_operand_beside_the_first_leaves_the_result_as_wide_as_the_first()
    {
        // The region of interest of Resize may have a type of its own.
        Tensor x = Tensor.Of(Shape.Of(1, 1, 1, 2), [1 / 3f, 2 / 3f]);
        Attributes nearest = Attributes.None.With("mode", "nearest");
        Tensor y = Kernel.RunAll("Resize", 19, 1, nearest, x, Tensor.Vector((Half)0, (Half)1), Tensor.Vector(1f, 1f, 1f, 2f))[0];
        y.Elements<float>().ShouldBe([1 / 3f, 1 / 3f, 2 / 3f, 2 / 3f]);
    }

    [Theory]
    [InlineData("Relu", -1f, 0f)]
    [InlineData("Sigmoid", 0f, 0.5f)]
    [InlineData("Softplus", 0f, 0.6931472f)]
    [InlineData("Softsign", -3f, -0.75f)]
    [InlineData("HardSwish", 1f, 0.6666667f)]
    [InlineData("HardSigmoid", 1f, 0.7f)]
    [InlineData("Elu", -1f, -0.6321206f)]
    [InlineData("Selu", -1f, -1.1113307f)]
    [InlineData("Celu", -1f, -0.6321206f)]
    [InlineData("LeakyRelu", -2f, -0.02f)]
    [InlineData("Erf", 1f, 0.8427008f)]
    [InlineData("Mish", 1f, 0.8650984f)]
    [InlineData("Round", 2.5f, 2f)]
    public void Functions_take_known_values(string op, float x, float expected) =>
        Kernel.RunAll(op, 18, 1, Attributes.None, Tensor.Vector(x))[0].ShouldBe([1], [expected]);

    [Fact]
    public void Crossed_bounds_give_the_upper_one() =>
        Kernel.Run("Clip", Kernel.Ramp(3), Tensor.Scalar(2f), Tensor.Scalar(1f)).ShouldBe([3], [1, 1, 1]);

    [Fact]
    public void Softmax_flattens_in_old_operator_sets_only()
    {
        float half = 0.5f, quarter = 0.25f;
        Tensor zeros = Kernel.Floats(Shape.Of(1, 2, 2), _ => 0);
        Kernel.RunAll("Softmax", 13, 1, Attributes.None, zeros)[0].ShouldBe([1, 2, 2], [half, half, half, half]);
        Kernel.RunAll("Softmax", 11, 1, Attributes.None, zeros)[0].ShouldBe([1, 2, 2], [quarter, quarter, quarter, quarter]);
        Kernel.Run("Softmax", Tensor.Vector(1000f, 1000)).ShouldBe([2], [half, half]);
    }

    [Fact]
    public void Reductions_take_their_axes_from_attribute_or_input()
    {
        Kernel.Run("ReduceMean", Attributes.None.With("axes", new long[] { 1 }).With("keepdims", 0), Kernel.Ramp(2, 3)).ShouldBe([2], [1, 4]);
        Kernel.Run("ReduceSum", Kernel.Ramp(2, 3), Tensor.Vector(0L)).ShouldBe([1, 3], [3, 5, 7]);
        Kernel.Run("ReduceSum", Attributes.None.With("noop_with_empty_axes", 1), Kernel.Ramp(2)).ShouldBe([2], [0, 1]);
        Kernel.Run("ReduceLogSumExp", Tensor.Vector(-1000f, -1000, 2)).ShouldBe([1], [2]);
    }

    [Fact]
    public void Batch_normalisation_uses_the_given_statistics()
    {
        Tensor y = Kernel.Run(
            "BatchNormalization",
            Attributes.None.With("epsilon", 0f),
            Tensor.Of(Shape.Of(1, 2, 1), new float[] { 3, 5 }),
            Tensor.Vector(2f, 1),
            Tensor.Vector(1f, 0),
            Tensor.Vector(1f, 1),
            Tensor.Vector(4f, 16));
        y.ShouldBe([1, 2, 1], [3, 1]);
    }
}
