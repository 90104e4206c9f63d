using Attune.Kernels;
using Attune.Kernels.Loops;

namespace Attune.Reference.Tests;

/// <summary>Values from tables of the functions and from their series; all relative, so that small results count as much as large ones.</summary>
public class SpecialFunctionsTests
{
    [Theory]
    // Q(x) from tables of the normal distribution.
    [InlineData(0, 0.5)]
    [InlineData(1, 0.15865525393145705)]
    [InlineData(2, 0.022750131948179207)]
    [InlineData(3, 0.0013498980316300946)]
    [InlineData(5, 2.866515718791939e-7)]
    [InlineData(10, 7.619853024160527e-24)]
    [InlineData(20, 2.753624118606234e-89)]
    [InlineData(-1, 0.8413447460685429)]
    public void The_tail_of_the_normal_distribution(double x, double expected) => SpecialFunctions.NormalTail(x).ShouldBe(expected, expected * 1e-12);

    [Theory]
    [InlineData(-5f, -1.4332578593959695e-6)]
    [InlineData(-10f, -7.619853024160527e-23)]
    [InlineData(1f, 0.8413447460685429)]
    [InlineData(10f, 10)]
    public void Gelu_is_x_times_the_probability_below_x(float x, double expected)
    {
        float y = Kernel.RunAll("Gelu", 20, 1, Attributes.None, Tensor.Vector(x))[0].Elements<float>()[0];
        ((double)y).ShouldBe(expected, Math.Abs(expected) * 1e-6);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("tanh")]
    public void Gelu_of_large_negative_numbers_is_zero(string approximate)
    {
        Tensor y = Kernel.RunAll("Gelu", 20, 1, Attributes.None.With("approximate", approximate), Tensor.Vector(-100f, -1e6f, -3e8f, -3e38f))[0];
        y.Elements<float>().ShouldAllBe(v => v == 0);
    }

    [Fact]
    public void The_tanh_form_of_gelu_keeps_its_digits()
    {
        // u = sqrt(2 / pi) (-4 - 0.044715 64) = -5.4748...; x (1 + tanh u) / 2 = x e^(2u) / (1 + e^(2u)).
        double u = Math.Sqrt(2 / Math.PI) * (-4 - (0.044715 * 64));
        double expected = -4 * Math.Exp(2 * u) / (1 + Math.Exp(2 * u));
        SpecialFunctions.GeluTanh(-4).ShouldBe(expected, Math.Abs(expected) * 1e-12);
    }

    [Theory]
    // For small e^x, log(1 + e^x) = e^x; e^x - 1 = x + x^2 / 2; x tanh(softplus x) = x e^x.
    [InlineData("Softplus", -50f, 1.928749847963918e-22)]
    [InlineData("Softplus", 50f, 50)]
    [InlineData("Elu", -1e-10f, -1e-10)]
    [InlineData("Elu", -1e30f, -1)]
    [InlineData("Celu", -1e-10f, -1e-10)]
    [InlineData("Celu", 1e30f, 1e30)]
    [InlineData("Mish", -50f, -9.64374923981959e-21)]
    [InlineData("Mish", 1e30f, 1e30)]
    [InlineData("Sigmoid", -50f, 1.928749847963918e-22)]
    [InlineData("Sigmoid", 1e30f, 1)]
    [InlineData("HardSwish", -1e30f, 0)]
    [InlineData("HardSwish", 1e30f, 1e30)]
    [InlineData("Selu", -1e-10f, -1.7580993408473766e-10)]
    public void Nothing_cancels_or_overflows(string op, float x, double expected)
    {
        float y = Kernel.Run(op, Tensor.Vector(x)).Elements<float>()[0];
        Math.Abs(y - expected).ShouldBeLessThanOrEqualTo(Math.Abs(expected) * 1e-6);
    }

    [Fact]
    public void The_logarithm_of_softmax_is_taken_before_anything_underflows()
    {
        // log softmax of (0, -200): -log(1 + e^-200) and -200 less the same.
        Kernel.Run("LogSoftmax", Tensor.Of(Shape.Of(1, 2), new float[] { 0, -200 })).ShouldBe([1, 2], [0, -200]);
        Kernel.Run("LogSoftmax", Tensor.Of(Shape.Of(1, 2), new float[] { 1e30f, 1e30f })).ShouldBe([1, 2], [-0.6931472f, -0.6931472f]);
    }
}
