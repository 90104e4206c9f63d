using Attune.Graph.Building;

namespace Attune.Graph.Tests.Passes;

public sealed class TransposedConvolutionRewritingTests
{
    [Theory]
    [InlineData(2, 2, true)]
    [InlineData(3, 1, false)]
    public void Windows_that_tile_the_result_become_a_convolution_and_a_permutation(int height, int width, bool biased)
    {
        var b = new NetworkBuilder("tiles");
        string x = b.Input("x", 2, 4, 5, 3);
        string w = b.Constant("w", Equivalence.Random(1, 4, 3, height, width));
        b.Output(b.Add("ConvTranspose", "up", biased ? [x, w, b.Constant("b", Equivalence.Random(2, 3))] : [x, w], ("strides", new long[] { height, width })));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("attune.Conv Reshape Transpose Reshape");
    }

    [Fact]
    public void Overlapping_padded_or_grouped_ones_stay()
    {
        foreach ((string, object)[] attributes in new (string, object)[][]
        {
            [("strides", new long[] { 1, 1 })],
            [("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 0, 0, 1 })],
            [("strides", new long[] { 2, 2 }), ("output_padding", new long[] { 1, 1 })],
            [("strides", new long[] { 2, 2 }), ("group", 2)],
            [("strides", new long[] { 2, 2 }), ("dilations", new long[] { 2, 2 })],
        })
        {
            var b = new NetworkBuilder("stays");
            b.Output(b.Add("ConvTranspose", "up", [b.Input("x", 1, 4, 5, 3), b.Constant("w", Equivalence.Random(1, 4, 3, 2, 2))], attributes));
            Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("ConvTranspose");
        }
    }
}
