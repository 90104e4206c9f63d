using Attune.Graph.Analysis;
using Attune.Graph.Building;
using Attune.Graph.Tests.Passes;
using Attune.Passes;

namespace Attune.Graph.Tests.Analysis;

public sealed class NetworkSummaryTests
{
    [Fact]
    public void Work_is_counted_by_hand()
    {
        var b = new NetworkBuilder("counted");
        string x = b.Input("x", 2, 4, 8, 8);
        // 2 images of 6 channels, 4 x 4 positions, each 2 channels of a group times 3 x 3: 192 x 18 multiply-adds.
        string y = b.Add(
            "Conv",
            "conv",
            [x, b.Constant("w", Equivalence.Random(1, 6, 2, 3, 3))],
            ("group", 2),
            ("strides", new long[] { 2, 2 }),
            ("pads", new long[] { 1, 1, 1, 1 }));
        y = b.Add("Relu", "relu", [y]);
        y = b.Add("Flatten", "flat", [y]);
        b.Output(b.Add("Gemm", "fc", [y, b.Constant("fw", Equivalence.Random(2, 96, 10))]));

        NetworkSummary summary = NetworkSummary.Of(b.Build());

        summary.Nodes.Select(node => node.Flops).ShouldBe([2 * 192 * 18, 192, 0, 2 * 2 * 10 * 96]);
        summary.Nodes.Select(node => node.ParameterBytes).ShouldBe([4 * 108, 0, 0, 4 * 960]);
        summary.ParameterBytes.ShouldBe(4 * (108 + 960));
        summary.Flops.ShouldBe(summary.Nodes.Sum(node => node.Flops));
        NetworkSummary.Of(PassPipeline.Default.Run(b.Build())).Nodes.Select(node => node.Flops).ShouldBe([2 * 192 * 18, 0, 2 * 2 * 10 * 96]);
    }

    [Fact]
    public void Recurrent_layers_multiply_every_weight_at_every_step()
    {
        var b = new NetworkBuilder("recurrent");
        string[] operands = [b.Input("x", 7, 2, 5), b.Constant("w", Equivalence.Random(1, 2, 9, 5)), b.Constant("r", Equivalence.Random(2, 2, 9, 3))];
        b.Add("GRU", "gru", operands, ["", "last"], ("direction", "bidirectional"));
        b.Output("last");

        // 7 steps of 2 sequences; two directions of three gates of three units, each of which sums 5 inputs and 3 states.
        const long Work = 2 * 7 * 2 * (2 * 3 * 3) * (5 + 3);
        NetworkSummary.Of(b.Build()).Flops.ShouldBe(Work);
        NetworkSummary.Of(PassPipeline.Default.Run(b.Build())).Flops.ShouldBe(Work);
    }

    [Fact]
    public void Weights_that_are_nodes_count_as_weights()
    {
        var b = new NetworkBuilder("nodes");
        string w = b.Add("Constant", "w", [], ("value", Equivalence.Random(1, 6, 4, 3, 3)));
        b.Output(b.Add("Conv", "conv", [b.Input("x", 1, 4, 8, 8), w]));

        NetworkSummary summary = NetworkSummary.Of(b.Build());

        summary.Nodes[^1].ParameterBytes.ShouldBe(4 * 6 * 4 * 9);
        summary.ParameterBytes.ShouldBe(4 * 6 * 4 * 9);
    }
}
