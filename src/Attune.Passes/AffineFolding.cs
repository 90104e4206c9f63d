using Attune.Kernels;
using Attune.Passes.Quantised;

namespace Attune.Passes;

/// <summary>
/// Merges multiplications, divisions, additions and subtractions of per-channel constants into the weights and bias of the fused
/// convolution or matrix product before them, when nobody else reads its result.
/// </summary>
public sealed class AffineFolding : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "affine folding";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        for (int i = 0; i < editor.Count; i++)
        {
            Node node = editor[i]!;
            if (node.Operator is not ("Mul" or "Div" or "Add" or "Sub") || node.Inputs.Length != 2)
            {
                continue;
            }

            // Of the two orders, only the commutative operators allow the constant first.
            if (!Merge(editor, i, node, node.Inputs[0], node.Inputs[1]) && node.Operator is "Mul" or "Add")
            {
                Merge(editor, i, node, node.Inputs[1], node.Inputs[0]);
            }
        }

        return editor.Build();
    }

    private static bool Merge(NetworkEditor editor, int index, Node node, string value, string constant)
    {
        if (FusedNode.Open(editor, value) is not { } fused || editor.TypeOf(value) is not { } type)
        {
            return false;
        }

        bool convolution = fused.Operator == FusedOperators.Convolution;
        int axis = convolution ? 1 : type.Shape.Rank - 1;
        if (ChannelVector.Read(editor, constant, type.Shape, axis) is not { } numbers || editor.Constant(fused.Inputs[1]) is not { } weights)
        {
            return false;
        }

        float[] bias = fused.Input(2).Length > 0 ? editor.Constant(fused.Input(2))!.Elements<float>() : new float[numbers.Length];
        Node merged;
        if (node.Operator is "Add" or "Sub")
        {
            int sign = node.Operator == "Add" ? 1 : -1;
            merged = With(editor, fused, fused.Inputs[1], [.. bias.Zip(numbers, (b, number) => b + (sign * number))]);
        }
        else
        {
            double[] factors = Array.ConvertAll(numbers, number => node.Operator == "Mul" ? number : 1.0 / number);
            if (!Array.TrueForAll(factors, double.IsFinite))
            {
                return false;
            }

            bool rows = convolution || fused.Attributes.Int("transB", 0) != 0;
            float[]? scaledBias = fused.Input(2).Length > 0 ? [.. bias.Zip(factors, (b, factor) => (float)(b * factor))] : null;
            if (fused.Input(FusedOperators.Scales).Length == 0)
            {
                merged = With(editor, fused, editor.AddConstant($"{fused.Name}.weights", Scale(weights, factors, rows)), scaledBias);
            }
            else if (ScaledSteps(editor, fused, factors) is { } steps)
            {
                // Bytes stay what they are; their scales take the factors.
                merged = With(editor, fused, fused.Inputs[1], scaledBias);
                string scales = editor.AddConstant($"{fused.Name}.scales", Tensor.Vector(steps));
                merged = merged with { Inputs = merged.Inputs.SetItem(FusedOperators.Scales, scales) };
            }
            else
            {
                return false;
            }
        }

        editor.Remove(editor.ProducerOf(value));
        editor.Replace(index, merged with { Outputs = node.Outputs });
        return true;
    }

    private static Node With(NetworkEditor editor, Node fused, string weights, float[]? bias)
    {
        string[] inputs = bias is null
            ? [fused.Inputs[0], weights]
            : [fused.Inputs[0], weights, editor.AddConstant($"{fused.Name}.bias", Tensor.Vector(bias))];
        string scales = fused.Input(FusedOperators.Scales);
        return fused with { Inputs = scales.Length == 0 ? [.. inputs] : [.. inputs, .. bias is null ? [string.Empty] : (string[])[], string.Empty, scales] };
    }

    private static float[]? ScaledSteps(NetworkEditor editor, Node fused, double[] factors)
    {
        float[] scales = editor.Constant(fused.Input(FusedOperators.Scales))!.Elements<float>();
        float[] steps = [.. scales.Zip(factors, (scale, factor) => (float)(scale * factor))];
        return Array.TrueForAll(steps, ByteScale.IsSound) ? steps : null;
    }

    // Channels are the rows of the weights, or the columns of a matrix that is stored [k, n].
    private static Tensor Scale(Tensor weights, double[] factors, bool rows)
    {
        float[] old = weights.Elements<float>();
        var scaled = new float[old.Length];
        int run = rows ? old.Length / Math.Max(factors.Length, 1) : 1;
        for (int i = 0; i < scaled.Length; i++)
        {
            scaled[i] = (float)(old[i] * factors[i / run % factors.Length]);
        }

        return Tensor.Of(weights.Shape, scaled);
    }
}
