using Attune.Kernels;
using Attune.Reference;

namespace Attune.Runtime.Tests;

/// <summary>Recurrent layers in models: every way of calling one, on one thread and on two that share its steps or its directions.</summary>
public sealed class RecurrentModelTests
{
    private const int Steps = 6;

    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations = [];

    private static readonly Dictionary<string, Layer> Layers = new()
    {
        ["lstm"] = new Layer("LSTM", 21, 1, "forward", false),
        ["lstm both ways, batch first"] = new Layer("LSTM", 37, 3, "bidirectional", true, Initial: "inputs"),
        ["lstm whose last cells alone are read"] = new Layer("LSTM", 16, 2, "reverse", false, Outputs: "c"),
        ["lstm with constant states"] = new Layer("LSTM", 7, 2, "forward", true, Initial: "constants"),
        ["lstm with one value for both states"] = new Layer("LSTM", 9, 2, "forward", false, Initial: "one input"),
        ["large lstm"] = new Layer("LSTM", 231, 1, "forward", false, Initial: "inputs"),
        ["gru"] = new Layer("GRU", 33, 2, "bidirectional", false, Initial: "inputs"),
        ["lstm of eight sequences"] = new Layer("LSTM", 19, 8, "reverse", true, Initial: "inputs"),
        ["large gru"] = new Layer("GRU", 211, 3, "reverse", false),
        ["gru with its reset behind"] = new Layer("GRU", 18, 5, "bidirectional", true, Behind: true, Outputs: "yh"),
        ["large gru with its reset behind"] = new Layer("GRU", 265, 1, "forward", false, Behind: true, Outputs: "h"),
        ["rnn"] = new Layer("RNN", 5, 2, "reverse", true, Outputs: "h", Initial: "inputs"),
    };

    public static TheoryData<string, int, int> Cases()
    {
        var cases = new TheoryData<string, int, int>();
        foreach (string name in Layers.Keys)
        {
            foreach (int lanes in new[] { 4, 8, 16 })
            {
                cases.Add(name, lanes, 1);
                cases.Add(name, lanes, Math.Min(2, Environment.ProcessorCount));
            }
        }

        return cases;
    }

    /// <summary>The layer of that name behind a product.</summary>
    internal static Network Of(string name, NetworkSketch sketch) => Layers[name].In(sketch);

    [Theory]
    [MemberData(nameof(Cases))]
    public void They_compute_what_the_reference_computes(string name, int lanes, int threads)
    {
        var sketch = new NetworkSketch(5);
        Network network = Of(name, sketch);
        Dictionary<string, Tensor> inputs = network.Inputs.ToDictionary(input => input.Name, input => sketch.Random(input.Type.Shape));
        IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(network, inputs);
        using CompiledModel model = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Threads = threads, Lanes = lanes });
        model.Steps.ShouldContain(step => step.Operation == "Recurrent");
        model.Steps.ShouldNotContain(step => step.Operation == "Reference");

        // A second run must begin with the initial states again.
        for (int run = 0; run < 2; run++)
        {
            IReadOnlyDictionary<string, Tensor> actual = model.Run(inputs);
            foreach (NetworkValue output in network.Outputs)
            {
                Closeness.Check(output.Name, actual[output.Name], expected[output.Name]);
            }
        }
    }

    /// <summary>One way of calling a recurrent layer.</summary>
    /// <param name="Cell">Its ONNX operator.</param>
    /// <param name="Hidden">Hidden units.</param>
    /// <param name="Batch">Sequences.</param>
    /// <param name="Direction">Direction.</param>
    /// <param name="BatchFirst">The batch is the first axis.</param>
    /// <param name="Behind">A GRU's reset scales the product.</param>
    /// <param name="Outputs">Which outputs are read: y, h, c.</param>
    /// <param name="Initial">Where initial states come from; empty for none.</param>
    private sealed record Layer(
        string Cell, int Hidden, int Batch, string Direction, bool BatchFirst, bool Behind = false, string Outputs = "yhc", string Initial = "")
    {
        public Network In(NetworkSketch s)
        {
            int directions = Direction == "bidirectional" ? 2 : 1;
            int gates = Cell == "LSTM" ? 4 : Cell == "GRU" ? 3 : 1;
            string x = s.Input("x", BatchFirst ? [Batch, Steps, 10] : [Steps, Batch, 10]);
            string sums = s.Dense(x, BatchFirst ? [Batch, Steps, directions * gates * Hidden] : [Steps, Batch, directions * gates * Hidden]);
            long[] all = BatchFirst ? [Batch, Steps, directions, Hidden] : [Steps, directions, Batch, Hidden];
            long[] last = BatchFirst ? [Batch, directions, Hidden] : [directions, Batch, Hidden];
            string State(string name) => Initial switch
            {
                "inputs" => s.Input(name, last),
                "one input" => name == "h0" ? s.Input("h0", last) : "h0",
                "constants" => s.Constant(name, last),
                _ => string.Empty,
            };
            // Small enough for states not to be chaotic, in which every rounding grows from step to step.
            Tensor weights = s.Random(Shape.Of(directions, gates * Hidden, Hidden));
            weights = Tensor.Of(weights.Shape, Array.ConvertAll(weights.Elements<float>(), value => value / MathF.Sqrt(Hidden)));
            string[] reads =
            [
                sums, s.Constant("r", weights), Behind ? s.Constant("candidate", directions, Hidden) : string.Empty, State("h0"),
                Cell == "LSTM" ? State("c0") : string.Empty,
            ];
            Attributes attributes = Attributes.None.With("cell", Cell)
                .With("direction", Direction)
                .With("layout", BatchFirst ? 1L : 0)
                .With("linear_before_reset", Behind ? 1L : 0);
            long[]?[] shapes = [Outputs.Contains('y') ? all : null, Outputs.Contains('h') ? last : null, Outputs.Contains('c') ? last : null];
            string[] results = s.Nodes(FusedOperators.Recurrent, reads, Cell == "LSTM" ? shapes : shapes[..2], attributes, 1);
            return s.Finish([.. results.Where(result => result.Length > 0)]);
        }
    }
}
