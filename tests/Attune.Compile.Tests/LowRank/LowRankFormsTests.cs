using Attune.Compile.LowRank;
using Attune.Kernels;
using Attune.Reference;
using Attune.Runtime;
using Attune.Runtime.Tests;

namespace Attune.Compile.Tests.LowRank;

public sealed class LowRankFormsTests
{
    [Theory]
    [InlineData(LowRankSplit.Separable)]
    [InlineData(LowRankSplit.Channels)]
    public void A_layer_whose_weights_have_low_rank_loses_nothing(LowRankSplit split)
    {
        var sketch = new NetworkSketch(1);
        string x = sketch.Input("x", 1, 32, 9, 8);
        Tensor weights = LowRankWeights(split, sketch);
        sketch.Constant("w", weights);
        Attributes attributes = Attributes.None.With("kernel_shape", new[] { 3L, 3L }).With("strides", new[] { 2L, 1L }).With("dilations", new[] { 1L, 1L })
            .With("pads", new[] { 1L, 0L, 1L, 2L }).With("group", 1L).With(FusedOperators.Activation, "relu");
        string y = sketch.Node(FusedOperators.Convolution, [x, "w", sketch.Constant("b", 64), string.Empty], [1, 64, 5, 8], attributes, 1);
        Network network = sketch.Finish(y);
        LowRankNetwork low = LowRankForms.Add(network, [0.5], split);
        LowRankLayer layer = low.Layers.ShouldHaveSingleItem();
        layer.RelativeError.ShouldBeLessThan(2e-3);
        layer.MacShare.ShouldBeLessThanOrEqualTo(0.5);
        (layer.Rank % LowRankForms.RankStep).ShouldBe(0);

        Node last = low.Network.Nodes[^1];
        Network chosen = low.Network with
        {
            Nodes = [.. low.Network.Nodes.Where(node => LayerAlternatives.FormOf(node) == 1).Select(node => node == last ? node with { Outputs = [y] } : node)],
        };
        Dictionary<string, Tensor> inputs = new() { ["x"] = sketch.Random(Shape.Of(1, 32, 9, 8)) };
        float[] expected = ReferenceExecutor.Run(network, inputs)[y].Elements<float>();
        float[] actual = ReferenceExecutor.Run(chosen, inputs)[y].Elements<float>();
        float size = expected.Max(Math.Abs);
        actual.Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 5e-3 * size);
    }

    [Fact]
    public void Forms_that_are_dropped_leave_no_trace()
    {
        var sketch = new NetworkSketch(2);
        Network network = BranchedNetwork.Of(sketch);
        LowRankNetwork low = LowRankForms.Add(network, [0.6, 0.3]);
        Network without = LowRankForms.Drop(low.Network, low.Layers.Select(layer => (layer.Node, layer.Form)).ToHashSet());
        without.Nodes.ShouldBe(network.Nodes);
        without.Constants.Keys.Order().ShouldBe(network.Constants.Keys.Order());
        without.Types.Keys.Order().ShouldBe(network.Types.Keys.Order());
        LowRankLayer first = low.Layers[0];
        Network rest = LowRankForms.Drop(low.Network, new HashSet<(string, int)> { (first.Node, first.Form) });
        rest.Nodes.Length.ShouldBe(low.Network.Nodes.Length - 2);
        Should.Throw<ArgumentException>(() => LowRankForms.Add(rest, [0.5]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Shares_outside_their_range_are_refused(double share) =>
        Should.Throw<ArgumentOutOfRangeException>(() => LowRankForms.Add(BranchedNetwork.Of(new NetworkSketch(2)), [share]));

    [Fact]
    public void Forms_survive_the_file()
    {
        var sketch = new NetworkSketch(2);
        LowRankNetwork low = LowRankForms.Add(BranchedNetwork.Of(sketch), [0.4]);
        string path = Path.Combine(Path.GetTempPath(), $"attune-{Guid.NewGuid():N}.attune");
        try
        {
            TunedModelFile.Save(path, new TunedModel
            {
                Network = low.Network,
                Configurations = [],
                Device = "d",
                DeviceDescription = "d",
                Threads = 1,
                VectorLanes = 8,
                CreatedAt = DateTimeOffset.UnixEpoch,
                ProductVersion = "1",
            });
            using var model = CompiledModel.Load(path, new ModelOptions { Threads = 1 });
            model.LayersWithForms.Sum(layer => layer.Forms.Length).ShouldBe(low.Layers.Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // Sums of 8 products of a vertical and a horizontal kernel, or of 8 kernels mixed to all outputs.
    private static Tensor LowRankWeights(LowRankSplit split, NetworkSketch sketch)
    {
        bool separable = split == LowRankSplit.Separable;
        float[] left = sketch.Random(Shape.Of(8, 32, 3, 3)).Elements<float>();
        float[] right = sketch.Random(Shape.Of(64, 8, 3)).Elements<float>();
        var weights = new float[64 * 32 * 9];
        for (int n = 0; n < 64; n++)
        {
            for (int c = 0; c < 32; c++)
            {
                for (int tap = 0; tap < 9; tap++)
                {
                    for (int k = 0; k < 8; k++)
                    {
                        float a = left[(((k * 32) + c) * 9) + (separable ? tap / 3 * 3 : tap)];
                        float b = right[(((n * 8) + k) * 3) + (separable ? tap % 3 : 0)];
                        weights[(((n * 32) + c) * 9) + tap] += a * b;
                    }
                }
            }
        }

        return Tensor.Of(Shape.Of(64, 32, 3, 3), weights);
    }
}
