using Attune.Kernels;
using Attune.Reference;
using Attune.Reference.Operators;

namespace Attune.Passes.Quantised;

/// <summary>
/// Writes products with constant weights of a few bits (MatMulNBits) as products of floats: blocks along the rows have scales of their own, which layers on
/// bytes have no word for. How such weights are stored for running is another matter.
/// </summary>
internal sealed class UnpackedWeights : IGraphPass
{
    private const int ZeroPoints = 3;
    private const int Bias = 5;

    public string Name => "unpacked weights";

    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        var result = new List<Node>(network.Nodes.Length);
        foreach (Node node in network.Nodes)
        {
            result.AddRange(node.Operator == ContributedOperators.MatMulBits ? Unpacked(editor, node) : [node]);
        }

        return editor.Build(result);
    }

    private static Node[] Unpacked(NetworkEditor editor, Node node)
    {
        Tensor? zeros = editor.Constant(node.Input(ZeroPoints));
        if (editor.TypeOf(node.Inputs[0]) is not { Element: DataType.Float32, Shape.Rank: >= 2 } || editor.TypeOf(node.Outputs[0]) is not { } type
            || editor.Constant(node.Inputs[1]) is not { } packed || editor.Constant(node.Inputs[2]) is not { } scales
            || (node.Input(ZeroPoints).Length > 0 && zeros is null) || node.Input(ZeroPoints + 1).Length > 0)
        {
            return [node];
        }

        int columns = type.Shape[type.Shape.Rank - 1];
        double[] rows = BlockedWeights.Unpack(node.Attributes, packed, scales, zeros);
        int depth = rows.Length / columns;
        var weights = new float[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            weights[(i % depth * columns) + (i / depth)] = (float)rows[i];
        }

        string constant = editor.AddConstant($"{node.Inputs[1]}.unpacked", Tensor.Of(Shape.Of(depth, columns), weights));
        Node product = node with { Operator = "MatMul", Opset = NodeInsertions.Opset, Inputs = [node.Inputs[0], constant], Attributes = Attributes.None };
        if (node.Input(Bias).Length == 0)
        {
            return [product];
        }

        string unbiased = editor.NewValue($"{node.Outputs[0]}.product", type);
        return
        [
            product with { Name = $"{node.Name}.product", Outputs = [unbiased] },
            node with { Operator = "Add", Opset = NodeInsertions.Opset, Inputs = [unbiased, node.Inputs[Bias]], Attributes = Attributes.None },
        ];
    }
}
