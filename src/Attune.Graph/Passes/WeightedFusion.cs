using Attune.Kernels;

namespace Attune.Graph.Passes;

/// <summary>
/// Turns convolutions and matrix products with constant weights into the fused operators, still without residual and activation:
/// Conv, Gemm (its factors multiplied into weights and bias), and MatMul with a constant matrix on the right. 32-bit floats only.
/// Convolutions need explicit pads.
/// </summary>
public sealed class WeightedFusion : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "weighted fusion";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        for (int i = 0; i < editor.Count; i++)
        {
            Node node = editor[i]!;
            if (node.Operator is not ("Conv" or "Gemm" or "MatMul") || editor.Constant(node.Inputs[1]) is not { Element: DataType.Float32 } weights)
            {
                continue;
            }

            Node? fused = node.Operator switch
            {
                "Conv" => Convolution(editor, node),
                "Gemm" => Gemm(editor, node, weights),
                _ => MatMul(editor, node, weights),
            };
            if (fused is not null)
            {
                editor.Replace(i, fused);
            }
        }

        return editor.Build();
    }

    private static Node? Convolution(NetworkEditor editor, Node node)
    {
        bool constantBias = node.Input(2).Length == 0 || editor.Constant(node.Input(2)) is { Element: DataType.Float32 };
        return constantBias && node.Attributes.Has("pads") && !node.Attributes.Has("auto_pad")
            ? Fused(node, FusedOperators.Convolution, [.. node.Inputs], node.Attributes)
            : null;
    }

    private static Node? MatMul(NetworkEditor editor, Node node, Tensor weights) =>
        weights.Shape.Rank == 2 && editor.TypeOf(node.Inputs[0]) is { Shape.Rank: >= 2 }
            ? Fused(node, FusedOperators.Dense, [.. node.Inputs], Attributes.None.With("transB", 0))
            : null;

    private static Node? Gemm(NetworkEditor editor, Node node, Tensor weights)
    {
        long transposed = node.Attributes.Int("transB", 0) != 0 ? 1 : 0;
        if (node.Attributes.Int("transA", 0) != 0)
        {
            return null;
        }

        List<string> inputs = [node.Inputs[0], node.Inputs[1]];
        if (node.Input(2).Length > 0)
        {
            long columns = weights.Shape.Dimensions[transposed != 0 ? 0 : 1];
            if (ChannelVector.Read(editor, node.Input(2), new Shape([1, columns]), axis: 1) is not { } bias)
            {
                return null;
            }

            float beta = node.Attributes.Float("beta", 1);
            inputs.Add(editor.AddConstant($"{node.Name}.bias", Tensor.Vector(Array.ConvertAll(bias, value => value * beta))));
        }

        float alpha = node.Attributes.Float("alpha", 1);
        if (alpha != 1)
        {
            inputs[1] = editor.AddConstant(
                $"{node.Name}.weights", Tensor.Of(weights.Shape, Array.ConvertAll(weights.Elements<float>(), value => value * alpha)));
        }

        return Fused(node, FusedOperators.Dense, inputs, Attributes.None.With("transB", transposed));
    }

    private static Node Fused(Node node, string operation, List<string> inputs, Attributes attributes) =>
        node with { Operator = operation, Opset = 1, Inputs = [.. inputs], Attributes = attributes.With(FusedOperators.Activation, "none") };
}
