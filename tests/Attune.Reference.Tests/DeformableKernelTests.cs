using Attune.Kernels;

namespace Attune.Reference.Tests;

/// <summary>Deformable convolution, with sums written out from its definition by a program of its own.</summary>
public class DeformableKernelTests
{
    private static readonly Tensor Image = Kernel.Ramp(1, 2, 3, 3);
    private static readonly Tensor Weights = Tensor.Of(Shape.Of(2, 1, 2, 2), new float[] { 1, 2, 3, 4, 1, 0, 0, -1 });

    [Fact]
    public void Taps_are_moved_and_masked()
    {
        float[] offsets = new float[64];
        offsets[0] = 0.5f;
        offsets[13] = -0.25f;
        offsets[39] = 2;
        offsets[58] = -0.75f;
        float[] mask = [.. Enumerable.Repeat(1f, 32)];
        mask[8] = 0.5f;
        mask[31] = 0;

        Tensor y = Kernel.RunAll(
            "DeformConv", 19, 1, Attributes.None.With("group", 2).With("offset_group", 2), Image, Weights, Tensor.Of(Shape.Of(1, 16, 2, 2), offsets),
            Tensor.Vector(10f, -1f), Tensor.Of(Shape.Of(1, 8, 2, 2), mask))[0];

        y.ShouldBe([1, 2, 2, 2], [34, 46.5f, 67, 77, -5, -5, -2.75f, -1]);
    }

    [Fact]
    public void Without_offsets_it_is_a_convolution()
    {
        Attributes attributes = Attributes.None.With("group", 2).With("pads", new long[] { 1, 0, 0, 1 }).With("strides", new long[] { 2, 1 });
        Tensor plain = Kernel.Run("Conv", attributes, Image, Weights);

        Tensor y = Kernel.RunAll("DeformConv", 19, 1, attributes, Image, Weights, Kernel.Floats(Shape.Of(1, 8, 2, 3), static _ => 0))[0];

        y.ShouldBeNear(plain);
    }

    [Fact]
    public void Offsets_of_another_size_are_refused() =>
        Should.Throw<InvalidNodeException>(() => Kernel.RunAll(
            "DeformConv", 19, 1, Attributes.None.With("group", 2), Image, Weights, Kernel.Floats(Shape.Of(1, 4, 2, 2), static _ => 0)))
            .Reason.ShouldContain("1x8x2x2 is needed");
}
