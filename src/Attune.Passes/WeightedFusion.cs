using Attune.Kernels;
using Attune.Passes.Quantised;

namespace Attune.Passes;

/// <summary>
/// Turns convolutions and matrix products with constant weights into the fused operators, still without residual and activation:
/// Conv, Gemm (its factors multiplied into weights and bias), and MatMul with a constant matrix on the right. 32-bit floats only, except that weights of signed
/// bytes stay bytes with a scale per output channel where the input is loaded from bytes too. Convolutions need explicit pads.
/// </summary>
public sealed class WeightedFusion : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "weighted fusion";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        var bytes = new QuantisedWeights(editor);
        bool keeps = false;
        for (int i = 0; i < editor.Count; i++)
        {
            Node node = editor[i]!;
            if (node.Operator is not ("Conv" or "Gemm" or "MatMul"))
            {
                continue;
            }

            // On bytes, bytes are kept as they are; for floats they become floats once and for all.
            bool fromBytes = ByteScale.OfLoaded(editor, node.Inputs[0]) is { Element: DataType.UInt8 }
                || DynamicProducts.IsLoaded(editor, node.Inputs[0]);
            Node? fused = fromBytes ? OnBytes(editor, node, bytes) : null;
            keeps |= fused is not null;
            if (fused is null && bytes.Widened(node.Inputs[1]) is { Element: DataType.Float32 } weights)
            {
                fused = node.Operator switch
                {
                    "Conv" => Convolution(editor, node),
                    "Gemm" => Gemm(editor, Scaled(editor, node, weights), weights.Shape),
                    _ => MatMul(editor, node, weights.Shape),
                };
            }

            if (fused is not null)
            {
                editor.Replace(i, fused);
            }
        }

        // Nobody reads the floats of weights that are kept as bytes, and folding is not to make them.
        return keeps ? new DeadCodeRemoval().Run(editor.Build()) : editor.Build();
    }

    private static Node? Convolution(NetworkEditor editor, Node node)
    {
        bool constantBias = node.Input(2).Length == 0 || editor.Constant(node.Input(2)) is { Element: DataType.Float32 };
        return constantBias && node.Attributes.Has("pads") && !node.Attributes.Has("auto_pad")
            ? Fused(node, FusedOperators.Convolution, [.. node.Inputs], node.Attributes)
            : null;
    }

    private static Node? MatMul(NetworkEditor editor, Node node, Shape weights) =>
        weights.Rank == 2 && editor.TypeOf(node.Inputs[0]) is { Shape.Rank: >= 2 }
            ? Fused(node, FusedOperators.Dense, [.. node.Inputs], Attributes.None.With("transB", 0))
            : null;

    private static Node? Gemm(NetworkEditor editor, Node node, Shape weights)
    {
        long transposed = node.Attributes.Int("transB", 0) != 0 ? 1 : 0;
        if (node.Attributes.Int("transA", 0) != 0)
        {
            return null;
        }

        List<string> inputs = [node.Inputs[0], node.Inputs[1]];
        if (node.Input(2).Length > 0)
        {
            if (GemmBias(editor, node, weights.Dimensions[transposed != 0 ? 0 : 1]) is not { } bias)
            {
                return null;
            }

            inputs.Add(bias);
        }

        return Fused(node, FusedOperators.Dense, inputs, Attributes.None.With("transB", transposed));
    }

    /// <summary>The same product with the factor of its weights multiplied into them.</summary>
    private static Node Scaled(NetworkEditor editor, Node node, Tensor weights)
    {
        float alpha = node.Attributes.Float("alpha", 1);
        if (alpha == 1 || node.Attributes.Int("transA", 0) != 0)
        {
            return node;
        }

        Tensor scaled = Tensor.Of(weights.Shape, Array.ConvertAll(weights.Elements<float>(), value => value * alpha));
        return node with { Inputs = node.Inputs.SetItem(1, editor.AddConstant($"{node.Name}.weights", scaled)) };
    }

    private static string? GemmBias(NetworkEditor editor, Node node, long columns)
    {
        float beta = node.Attributes.Float("beta", 1);
        return ChannelVector.Read(editor, node.Input(2), new Shape([1, columns]), axis: 1) is { } bias
            ? editor.AddConstant($"{node.Name}.bias", Tensor.Vector(Array.ConvertAll(bias, value => value * beta)))
            : null;
    }

    /// <summary>The fused form with weights of bytes; null when they are no constant bytes, or bytes with a scale per channel cannot say the same.</summary>
    private static Node? OnBytes(NetworkEditor editor, Node node, QuantisedWeights bytes)
    {
        bool convolution = node.Operator == "Conv";
        bool gemm = node.Operator == "Gemm";
        int axis = convolution || (gemm && node.Attributes.Int("transB", 0) != 0) ? 0 : 1;
        if (!QuantisedWeights.IsLoaded(editor, node.Inputs[1]) || editor.TypeOf(node.Inputs[1]) is not { Element: DataType.Float32 } type
            || (!convolution && type.Shape.Rank != 2)
            || bytes.Of(node.Inputs[1], axis, gemm ? node.Attributes.Float("alpha", 1) : 1) is not { } kept)
        {
            return null;
        }

        // The factor is in the scales.
        Node? fused = node.Operator switch
        {
            "Conv" => Convolution(editor, node),
            "Gemm" => Gemm(editor, node, type.Shape),
            _ => MatMul(editor, node, type.Shape),
        };
        return fused is null ? null : fused with { Inputs = [fused.Inputs[0], kept.Elements, fused.Input(2), string.Empty, kept.Scales] };
    }

    private static Node Fused(Node node, string operation, List<string> inputs, Attributes attributes) =>
        node with { Operator = operation, Opset = 1, Inputs = [.. inputs], Attributes = attributes.With(FusedOperators.Activation, "none") };
}
