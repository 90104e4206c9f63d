using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Passes;

namespace Attune.Graph.Tests.Passes;

public sealed class RecurrentSplittingTests
{
    private const int Steps = 4;
    private const int Batch = 2;
    private const int Features = 3;
    private const int Hidden = 5;

    [Theory]
    [InlineData("RNN", "forward", 0, 0)]
    [InlineData("RNN", "bidirectional", 1, 0)]
    [InlineData("GRU", "reverse", 0, 0)]
    [InlineData("GRU", "bidirectional", 0, 1)]
    [InlineData("GRU", "forward", 1, 1)]
    [InlineData("LSTM", "forward", 0, 0)]
    [InlineData("LSTM", "bidirectional", 1, 0)]
    public void The_products_of_the_inputs_become_one(string operation, string direction, int layout, int behind)
    {
        foreach (bool biased in new[] { true, false })
        {
            Network network = Layer(operation, direction, layout, biased, initial: biased, ("linear_before_reset", (long)behind));
            Network split = Equivalence.Check(network, new RecurrentSplitting());
            Equivalence.Operators(split).ShouldBe($"{FusedOperators.Dense} {FusedOperators.Recurrent}");
            Equivalence.Operators(Equivalence.Default(network)).ShouldBe($"{FusedOperators.Dense} {FusedOperators.Recurrent}");
        }
    }

    [Fact]
    public void Functions_keep_their_parameters()
    {
        Network network = Layer(
            "GRU", "bidirectional", 0, true, true, ("activations", new[] { "HardSigmoid", "Tanh", "Sigmoid", "ScaledTanh" }),
            ("activation_alpha", new[] { 0.3f, 1.5f }), ("activation_beta", new[] { 0.4f, 0.5f }));
        Equivalence.Operators(Equivalence.Check(network, new RecurrentSplitting())).ShouldEndWith(FusedOperators.Recurrent);
    }

    [Theory]
    [InlineData("clip", 0.5f)]
    [InlineData("input_forget", 1L)]
    public void What_the_rest_cannot_do_stays_whole(string attribute, object value)
    {
        Network network = Layer("LSTM", "forward", 0, true, true, (attribute, value));
        new RecurrentSplitting().Run(network).ShouldBeSameAs(network);
    }

    [Theory]
    [InlineData(Steps, Steps, true)]
    [InlineData(Steps, Steps - 1, false)]
    public void Lengths_matter_only_where_a_sequence_ends_early(int first, int second, bool splits)
    {
        var b = new NetworkBuilder("lengths");
        string[] operands = [.. Operands(b, "RNN", 1, 0, biased: true), b.Constant("lengths", Tensor.Vector(first, second))];
        b.Add("RNN", "layer", operands, ["y", "h"]);
        b.Output("y");
        b.Output("h");
        Network split = Equivalence.Check(b.Build(), new RecurrentSplitting());
        split.Nodes.Length.ShouldBe(splits ? 2 : 1);
    }

    [Fact]
    public void States_of_zeros_are_no_states()
    {
        var b = new NetworkBuilder("zeros");
        string zeros = b.Constant("zeros", Tensor.Of(Shape.Of(1, Batch, Hidden), new float[Batch * Hidden]));
        string[] operands = [.. Operands(b, "LSTM", 1, 0, biased: true), string.Empty, zeros, zeros];
        b.Add("LSTM", "layer", operands, [string.Empty, "h"]);
        b.Output("h");
        Node recurrent = Equivalence.Check(b.Build(), new RecurrentSplitting()).Nodes[^1];
        recurrent.Inputs[3].ShouldBeEmpty();
        recurrent.Inputs[4].ShouldBeEmpty();
    }

    [Fact]
    public void Weights_that_are_computed_stay_where_they_are()
    {
        var b = new NetworkBuilder("computed");
        string r = b.Constant("r", Equivalence.Random(1, 1, Hidden, Hidden));
        string[] operands = [b.Input("x", Steps, Batch, Features), b.Input("w", 1, Hidden, Features), r];
        b.Add("RNN", "layer", operands, ["y"]);
        b.Output("y");
        Network network = b.Build();
        new RecurrentSplitting().Run(network).ShouldBeSameAs(network);
    }

    private static Network Layer(
        string operation, string direction, int layout, bool biased, bool initial, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var b = new NetworkBuilder("layer");
        int directions = direction == "bidirectional" ? 2 : 1;
        List<string> operands = [.. Operands(b, operation, directions, layout, biased)];
        if (initial)
        {
            long[] state = layout == 0 ? [directions, Batch, Hidden] : [Batch, directions, Hidden];
            operands.AddRange([string.Empty, b.Input("h0", state)]);
            operands.AddRange(operation == "LSTM" ? [b.Input("c0", state)] : []);
        }

        string[] results = operation == "LSTM" ? ["y", "h", "c"] : ["y", "h"];
        b.Add(
            operation,
            "layer",
            operands.ToArray(),
            results,
            [("direction", direction), ("layout", (long)layout), ("hidden_size", (long)Hidden), .. attributes]);
        foreach (string result in results)
        {
            b.Output(result);
        }

        return b.Build();
    }

    private static string[] Operands(NetworkBuilder b, string operation, int directions, int layout, bool biased)
    {
        int rows = Hidden * (operation == "LSTM" ? 4 : operation == "GRU" ? 3 : 1);
        string x = layout == 0 ? b.Input("x", Steps, Batch, Features) : b.Input("x", Batch, Steps, Features);
        return
        [
            x, b.Constant("w", Equivalence.Random(1, directions, rows, Features)), b.Constant("r", Equivalence.Random(2, directions, rows, Hidden)),
            biased ? b.Constant("b", Equivalence.Random(3, directions, 2 * rows)) : string.Empty,
        ];
    }
}
