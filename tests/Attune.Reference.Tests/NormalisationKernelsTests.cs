using Attune.Kernels;

namespace Attune.Reference.Tests;

public class NormalisationKernelsTests
{
    private static readonly Attributes Exact = Attributes.None.With("epsilon", 0f);

    [Fact]
    public void Batch_statistics_are_taken_in_training_mode()
    {
        // Channel values 1 and 3: mean 2, variance 1; the running values move one tenth of the way.
        Tensor[] y = Kernel.RunAll(
            "BatchNormalization",
            15,
            3,
            Exact.With("training_mode", 1),
            Tensor.Of(Shape.Of(2, 1), new float[] { 1, 3 }),
            Tensor.Vector(10f),
            Tensor.Vector(5f),
            Tensor.Vector(0f),
            Tensor.Vector(2f));
        y[0].ShouldBe([2, 1], [-5, 15]);
        y[1].ShouldBe([1], [0.2f]);
        y[2].ShouldBe([1], [1.9f]);
    }

    [Fact]
    public void Layer_normalisation_returns_its_statistics()
    {
        Tensor[] y = Kernel.RunAll(
            "LayerNormalization", 17, 3, Exact, Tensor.Of(Shape.Of(1, 2), new float[] { 1, 5 }), Tensor.Vector(1f, 2), Tensor.Vector(0f, 1));
        y[0].ShouldBe([1, 2], [-1, 3]);
        y[1].ShouldBe([1, 1], [3]);
        y[2].ShouldBe([1, 1], [0.5f]);
    }

    [Fact]
    public void Groups_normalise_together_but_scale_apart_since_operator_set_21()
    {
        Tensor x = Tensor.Of(Shape.Of(1, 2, 1), new float[] { 1, 3 });
        Tensor y = Kernel.RunAll("GroupNormalization", 21, 1, Exact.With("num_groups", 1), x, Tensor.Vector(1f, 10), Tensor.Vector(0f, 0))[0];
        y.ShouldBe([1, 2, 1], [-1, 10]);
        Kernel.RunAll("GroupNormalization", 18, 1, Exact.With("num_groups", 1), x, Tensor.Vector(10f), Tensor.Vector(0f))[0].ShouldBe([1, 2, 1], [-10, 10]);
        Kernel.Run(
            "InstanceNormalization",
            Exact,
            Tensor.Of(Shape.Of(1, 1, 2), new float[] { 1, 3 }),
            Tensor.Vector(2f),
            Tensor.Vector(1f)).ShouldBe([1, 1, 2], [-1, 3]);
    }

    [Fact]
    public void Local_response_looks_at_neighbouring_channels()
    {
        // Window of two: the channel itself and the next one.
        Attributes attributes = Attributes.None.With("size", 2).With("alpha", 2f).With("beta", 1f).With("bias", 0f);
        Kernel.Run("LRN", attributes, Tensor.Of(Shape.Of(1, 2, 1), new float[] { 1, 2 })).ShouldBe([1, 2, 1], [1f / 5, 2f / 4]);
    }

    [Fact]
    public void Recurrent_cells_follow_their_equations()
    {
        // One unit, identity weights: h1 = tanh(1), h2 = tanh(1 + h1).
        Tensor one = Tensor.Of(Shape.Of(1, 1, 1), new float[] { 1 });
        Tensor[] y = Kernel.RunAll("RNN", 14, 2, Attributes.None.With("hidden_size", 1), Tensor.Of(Shape.Of(2, 1, 1), new float[] { 1, 1 }), one, one);
        float first = MathF.Tanh(1);
        y[0].ShouldBe([2, 1, 1, 1], [first, MathF.Tanh(1 + first)]);
        y[1].ShouldBe([1, 1, 1], [MathF.Tanh(1 + first)]);
    }

    [Fact]
    public void A_constant_signal_has_one_frequency()
    {
        Tensor y = Kernel.Run("DFT", Kernel.Floats(Shape.Of(1, 4, 1), _ => 1));
        y.ShouldBe([1, 4, 2], [4, 0, 0, 0, 0, 0, 0, 0]);
        Kernel.Run("DFT", Attributes.None.With("inverse", 1), y).ShouldBe([1, 4, 2], [1, 0, 1, 0, 1, 0, 1, 0]);
    }

    [Fact]
    public void Overlapping_boxes_are_suppressed()
    {
        Tensor boxes = Tensor.Of(Shape.Of(1, 3, 4), new float[] { 0, 0, 1, 1, 0, 0.1f, 1, 1.1f, 0, 5, 1, 6 });
        Tensor scores = Tensor.Of(Shape.Of(1, 1, 3), new float[] { 0.8f, 0.9f, 0.3f });
        Tensor kept = Kernel.Run("NonMaxSuppression", boxes, scores, Tensor.Scalar(3L), Tensor.Scalar(0.5f), Tensor.Scalar(0f));
        kept.Elements<long>().ShouldBe([0, 0, 1, 0, 0, 2]);
    }

    [Fact]
    public void Sampling_far_outside_gives_zero_and_ends()
    {
        Tensor grid = Tensor.Of(Shape.Of(1, 1, 3, 2), new float[] { 0, 0, float.PositiveInfinity, 0, 1e30f, float.NaN });
        Kernel.Run("GridSample", Attributes.None.With("align_corners", 1), Kernel.Ramp(1, 1, 3, 3), grid).ShouldBe([1, 1, 1, 3], [4, 0, 0]);
    }
}
