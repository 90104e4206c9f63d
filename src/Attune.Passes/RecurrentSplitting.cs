using Attune.Kernels;

namespace Attune.Passes;

/// <summary>
/// Takes the products of the inputs out of recurrent layers with constant weights: those of all steps and both directions are one matrix product, which has a
/// space of kernels, and what is left of the layer goes from state to state. Layers with peepholes, a clip, coupled gates or lengths of sequences stay whole.
/// </summary>
public sealed class RecurrentSplitting : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "recurrent splitting";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var result = new List<Node>(network.Nodes.Length);
        var editor = new NetworkEditor(network);
        foreach (Node node in network.Nodes)
        {
            if (GatesOf(node) > 0 && Splits(editor, node))
            {
                result.AddRange(Split(editor, node));
            }
            else
            {
                result.Add(node);
            }
        }

        return editor.Build(result);
    }

    private static int GatesOf(Node node) => node.Operator switch
    {
        "RNN" => 1,
        "GRU" => 3,
        "LSTM" => 4,
        _ => 0,
    };

    private static bool Splits(NetworkEditor editor, Node node)
    {
        bool Constant(int input) => editor.Constant(node.Input(input)) is { Element: DataType.Float32 };
        return editor.TypeOf(node.Inputs[0]) is { Element: DataType.Float32, Shape: { Rank: 3, Count: > 0 } } x
            && Constant(1) && Constant(2) && (node.Input(3).Length == 0 || Constant(3))
            && node.Input(7).Length == 0 && node.Attributes.Int("input_forget", 0) == 0 && node.Attributes.Float("clip", 0) == 0
            && RunsToTheEnd(editor, node, x.Shape[node.Attributes.Int("layout", 0) != 0 ? 1 : 0]);
    }

    private static bool RunsToTheEnd(NetworkEditor editor, Node node, int steps)
    {
        string lengths = node.Input(4);
        return lengths.Length == 0
            || (editor.Constant(lengths) is { Element: DataType.Int32 } constant && Array.TrueForAll(constant.Elements<int>(), length => length == steps));
    }

    private static IEnumerable<Node> Split(NetworkEditor editor, Node node)
    {
        Tensor weights = editor.Constant(node.Inputs[1])!;
        (int directions, int rows, int features) = (weights.Shape[0], weights.Shape[1], weights.Shape[2]);
        bool keepsBias = node.Operator == "GRU" && node.Attributes.Int("linear_before_reset", 0) != 0;
        Tensor matrix = Tensor.Of(Shape.Of(directions * rows, features), weights.Elements<float>());
        (float[] added, float[] kept) = node.Input(3).Length == 0
            ? (new float[directions * rows], [])
            : Biases(editor.Constant(node.Inputs[3])!.Elements<float>(), directions, rows, keepsBias ? rows / GatesOf(node) : 0);
        Shape x = editor.TypeOf(node.Inputs[0])!.Shape;
        string sums = editor.NewValue($"{node.Name}.sums", new TensorType(DataType.Float32, Shape.Of(x[0], x[1], directions * rows)));
        string bias = kept.Length == 0 ? string.Empty
            : editor.AddConstant($"{node.Name}.candidate", Tensor.Of(Shape.Of(directions, kept.Length / directions), kept));
        string[] inputs = [sums, node.Inputs[2], bias, State(editor, node.Input(5)), node.Operator == "LSTM" ? State(editor, node.Input(6)) : string.Empty];
        Attributes attributes = node.Attributes.Without("hidden_size").Without("input_forget").Without("clip").Without("output_sequence");
        return
        [
            new Node(
                $"{node.Name}.inputs",
                FusedOperators.Dense,
                1,
                [
                    node.Inputs[0], editor.AddConstant($"{node.Name}.weights", matrix),
                    editor.AddConstant($"{node.Name}.bias", Tensor.Vector(added)),
                ],
                [sums],
                Attributes.None.With("transB", 1L).With(FusedOperators.Activation, "none")),
            node with { Operator = FusedOperators.Recurrent, Opset = 1, Inputs = [.. inputs], Attributes = attributes.With("cell", node.Operator) },
        ];
    }

    /// <summary>
    /// The biases of input and state as one, but for those rows of the state's that stay behind: the last ones of each direction, which a reset scales.
    /// </summary>
    private static (float[] Added, float[] Kept) Biases(float[] all, int directions, int rows, int kept)
    {
        var added = new float[directions * rows];
        var behind = new float[directions * kept];
        for (int direction = 0; direction < directions; direction++)
        {
            ReadOnlySpan<float> ofInput = all.AsSpan(2 * direction * rows, rows);
            ReadOnlySpan<float> ofState = all.AsSpan(((2 * direction) + 1) * rows, rows);
            for (int row = 0; row < rows; row++)
            {
                added[(direction * rows) + row] = ofInput[row] + (row < rows - kept ? ofState[row] : 0);
            }

            ofState[(rows - kept)..].CopyTo(behind.AsSpan(direction * kept));
        }

        return (added, behind);
    }

    // Zero is what a state begins with anyway.
    private static string State(NetworkEditor editor, string name) =>
        name.Length > 0 && editor.Constant(name) is { Element: DataType.Float32 } constant && Array.TrueForAll(constant.Elements<float>(), value => value == 0)
            ? string.Empty
            : name;
}
