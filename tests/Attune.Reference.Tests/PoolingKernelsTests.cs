using Attune.Kernels;

namespace Attune.Reference.Tests;

public class PoolingKernelsTests
{
    private static readonly Attributes Window3Stride2 = Attributes.None.With("kernel_shape", new long[] { 3, 3 }).With("strides", new long[] { 2, 2 });

    [Fact]
    public void Rounding_down_drops_the_rest() =>
        Kernel.Run("MaxPool", Window3Stride2, Kernel.Ramp(1, 1, 4, 4)).ShouldBe([1, 1, 1, 1], [10]);

    [Fact]
    public void Rounding_up_keeps_a_clipped_window() =>
        Kernel.Run("MaxPool", Window3Stride2.With("ceil_mode", 1), Kernel.Ramp(1, 1, 4, 4)).ShouldBe([1, 1, 2, 2], [10, 11, 14, 15]);

    [Fact]
    public void Rounding_up_never_adds_a_window_of_padding_only()
    {
        // Extent 2 padded to 3, windows of 1 at 0 and 2: the second would lie wholly in the padding.
        Attributes attributes = Attributes.None.With("kernel_shape", new long[] { 1 })
            .With("strides", new long[] { 2 })
            .With("pads", new long[] { 0, 1 })
            .With("ceil_mode", 1);
        Kernel.Run("MaxPool", attributes, Kernel.Ramp(1, 1, 2)).ShouldBe([1, 1, 1], [0]);
    }

    [Fact]
    public void Indices_count_in_the_whole_tensor()
    {
        Tensor[] y = Kernel.RunAll(
            "MaxPool", 12, 2, Attributes.None.With("kernel_shape", new long[] { 2, 2 }).With("strides", new long[] { 2, 2 }), Kernel.Ramp(1, 2, 2, 4));
        y[0].ShouldBe([1, 2, 1, 2], [5, 7, 13, 15]);
        y[1].Elements<long>().ShouldBe([5, 7, 13, 15]);
    }

    [Theory]
    [InlineData(0, new float[] { 2, 2.5f, 3 })]
    [InlineData(1, new float[] { 4f / 3, 2.5f * 2 / 3, 2 })]
    public void Averages_count_the_padding_only_when_asked(int include, float[] expected)
    {
        // Three channels of two elements; one window of three sees a cell of padding and both elements.
        Attributes attributes = Attributes.None.With("kernel_shape", new long[] { 3 })
            .With("pads", new long[] { 1, 1 })
            .With("strides", new long[] { 3 })
            .With("count_include_pad", include);
        Tensor y = Kernel.Run("AveragePool", attributes, Tensor.Of(Shape.Of(1, 3, 2), new float[] { 1, 3, 2, 3, 4, 2 }));
        y.ShouldBe([1, 3, 1], expected);
    }

    [Fact]
    public void Global_average_keeps_the_axes() =>
        Kernel.Run("GlobalAveragePool", Kernel.Ramp(1, 2, 2, 2)).ShouldBe([1, 2, 1, 1], [1.5f, 5.5f]);

    [Fact]
    public void Lp_pooling_takes_the_norm() =>
        Kernel.Run(
            "LpPool", Attributes.None.With("kernel_shape", new long[] { 2 }), Tensor.Of(Shape.Of(1, 1, 2), new float[] { 3, -4 })).ShouldBe([1, 1, 1], [5]);

    [Fact]
    public void Unpooling_puts_the_maxima_back() =>
        Kernel.Run(
            "MaxUnpool",
            Attributes.None.With("kernel_shape", new long[] { 2 }).With("strides", new long[] { 2 }),
            Tensor.Of(Shape.Of(1, 1, 2), new float[] { 7, 9 }),
            Tensor.Of(Shape.Of(1, 1, 2), new long[] { 1, 2 })).ShouldBe([1, 1, 4], [0, 7, 9, 0]);
}
