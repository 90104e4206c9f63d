using Attune.Kernels;

namespace Attune.Passes;

/// <summary>
/// Turns batch normalisation with constant statistics into a multiplication and an addition per channel: y = a x + b with
/// a = scale / sqrt(variance + epsilon), b = shift - mean a. <see cref="AffineFolding"/> then merges them into the convolution or matrix product before.
/// </summary>
public sealed class BatchNormFolding : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "batch-norm folding";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var result = new List<Node>(network.Nodes.Length);
        var editor = new NetworkEditor(network);
        foreach (Node node in network.Nodes)
        {
            if (node.Operator != "BatchNormalization" || Coefficients(editor, node) is not { } coefficients)
            {
                result.Add(node);
                continue;
            }

            // Per-channel constants stretch over the axes after the channels.
            int rank = editor.TypeOf(node.Inputs[0])!.Shape.Rank;
            var shape = new Shape([coefficients.Factor.Length, .. Enumerable.Repeat(1L, rank - 2)]);
            string factor = editor.AddConstant($"{node.Name}.factor", Tensor.Of(shape, coefficients.Factor));
            string shift = editor.AddConstant($"{node.Name}.shift", Tensor.Of(shape, coefficients.Shift));
            string scaled = editor.NewValue($"{node.Name}.scaled", editor.TypeOf(node.Inputs[0])!);
            result.Add(new Node($"{node.Name}.mul", "Mul", node.Opset, [node.Inputs[0], factor], [scaled], Attributes.None));
            result.Add(new Node(node.Name, "Add", node.Opset, [scaled, shift], [node.Outputs[0]], Attributes.None));
        }

        return editor.Build(result);
    }

    private static (float[] Factor, float[] Shift)? Coefficients(NetworkEditor editor, Node node)
    {
        bool inference = node.Attributes.Int("training_mode", 0) == 0
            && node.Attributes.Int("spatial", 1) == 1
            && node.Outputs.Skip(1).All(output => output.Length == 0 || (editor.ReadersOf(output).Count == 0 && !editor.IsOutput(output)));
        if (!inference
            || editor.TypeOf(node.Inputs[0]) is not { Element: DataType.Float32, Shape.Rank: >= 2 }
            || editor.Constant(node.Inputs[1])?.Data is not float[] scale
            || editor.Constant(node.Inputs[2])?.Data is not float[] shift
            || editor.Constant(node.Inputs[3])?.Data is not float[] mean
            || editor.Constant(node.Inputs[4])?.Data is not float[] variance)
        {
            return null;
        }

        double epsilon = node.Attributes.Float("epsilon", 1e-5f);
        var a = new float[scale.Length];
        var b = new float[scale.Length];
        for (int channel = 0; channel < a.Length; channel++)
        {
            double factor = scale[channel] / Math.Sqrt(variance[channel] + epsilon);
            a[channel] = (float)factor;
            b[channel] = (float)(shift[channel] - (mean[channel] * factor));
        }

        return (a, b);
    }
}
