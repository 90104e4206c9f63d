using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>
/// What a node must look like before its operator's rule looks closer: as many inputs and outputs as ONNX defines over all operator sets, and attributes of the
/// kind that ONNX gives to their names. Rules, plans and kernels may then index inputs and read attributes without asking.
/// </summary>
internal static class OperatorSignature
{
    private const int Any = int.MaxValue;

    /// <summary>What is wrong with a node; null when nothing is.</summary>
    public static string? Complaint(Node node)
    {
        (int min, int max, int outputs) = ContributedOperators.Arity(node.Operator) is { } known ? (known.Min, known.Max, 1) : Arity(node.Operator);
        int given = Used(node.Inputs);
        if (given < min || given > max)
        {
            return $"{node.Operator} has {given} inputs but takes {(max == Any ? $"{min} or more" : max == min ? min : $"{min} to {max}")}.";
        }

        if (node.Outputs.IsEmpty || Used(node.Outputs) > outputs)
        {
            return $"{node.Operator} has {node.Outputs.Length} outputs but gives "
                + $"1{(outputs == 1 ? string.Empty : outputs == Any ? " or more" : $" to {outputs}")}.";
        }

        foreach ((string name, object value) in node.Attributes)
        {
            if (!Fits(name, value))
            {
                return $"The attribute '{name}' has the wrong kind: {Kind(value)}.";
            }
        }

        for (int i = 0; i < min; i++)
        {
            if (node.Inputs[i].Length == 0 && !ContributedOperators.MayLack(node.Operator, i))
            {
                return $"Input {i} of {node.Operator} is missing.";
            }
        }

        return null;
    }

    private static int Used(ImmutableArray<string> names)
    {
        int used = names.Length;
        while (used > 0 && names[used - 1].Length == 0)
        {
            used--;
        }

        return used;
    }

    private static (int Min, int Max, int Outputs) Arity(string name) => name switch
    {
        "Constant" => (0, 0, 1),
        "Max" or "Min" or "Mean" or "Sum" or "Concat" or "Einsum" => (1, Any, 1),
        "Add" or "Sub" or "Mul" or "Div" or "Mod" or "Pow" or "BitShift" or "BitwiseAnd" or "BitwiseOr" or "BitwiseXor" or "And" or "Or" or "Xor" or "Equal"
            or "Greater" or "GreaterOrEqual"
            or "Less" or "LessOrEqual" or "PRelu" or "CastLike" or "MatMul" or "CumSum" or "CumProd" or "Expand"
            or "ReverseSequence" or "Gather" or "GatherElements"
            or "GatherND" or "Compress"
            or "GridSample" => (2, 2, 1),
        "Where" or "Range" or "InstanceNormalization" or "GroupNormalization" or "Scatter" or "ScatterElements" or "ScatterND" or "OneHot" => (3, 3, 1),
        "RoiAlign" => (3, 3, 1),
        "DeformConv" => (3, 5, 1),
        "NonMaxSuppression" => (2, 5, 1),
        "MelWeightMatrix" => (5, 5, 1),
        "STFT" => (2, 4, 1),
        "TensorScatter" or "MaxUnpool" => (2, 3, 1),
        "DFT" or "Clip" => (1, 3, 1),
        "Dropout" => (1, 3, 2),
        "Conv" or "ConvTranspose" or "Gemm" or "QuantizeLinear" or "DequantizeLinear" or "NegativeLogLikelihoodLoss" or "Tile" => (2, 3, 1),
        "ConvInteger" or "MatMulInteger" => (2, 4, 1),
        "QLinearConv" => (8, 9, 1),
        "QLinearMatMul" => (8, 8, 1),
        FusedOperators.Convolution or FusedOperators.Dense => (2, FusedOperators.Scales + 1, 1),
        FusedOperators.Attention => (3, 4, 1),
        FusedOperators.Dynamic => (0, Any, Any),
        "LSTM" => (3, 8, 3),
        FusedOperators.Recurrent => (2, 5, 3),
        "GRU" or "RNN" => (3, 6, 2),
        "MaxPool" => (1, 1, 2),
        "BatchNormalization" => (5, 5, 5),
        "LayerNormalization" => (2, 3, 3),
        "SoftmaxCrossEntropyLoss" => (2, 3, 2),
        "DynamicQuantizeLinear" => (1, 1, 3),
        "ReduceL1" or "ReduceL2" or "ReduceLogSum" or "ReduceLogSumExp" or "ReduceMax" or "ReduceMean" or "ReduceMin" or "ReduceProd" or "ReduceSum"
            or "ReduceSumSquare" or "Reshape"
            or "Squeeze" or "Unsqueeze" or "Trilu" or "Upsample" => (1, 2, 1),
        "TopK" => (1, 2, 2),
        "Split" => (1, 2, Any),
        "Slice" => (1, 5, 1),
        "Pad" or "Resize" => (1, 4, 1),
        "Unique" => (1, 1, 4),
        _ => (1, 1, 1),
    };

    private static bool Fits(string name, object value) => name switch
    {
        "alpha" or "beta" or "gamma" or "epsilon" or "min" or "max" or "scale" or "extrapolation_value" or "cubic_coeff_a" or "lambd" or "clip" =>
            value is float,
        "axis" or "group" or "transA" or "transB" or "keepdims" or "noop_with_empty_axes" or "ceil_mode" or "count_include_pad" or "storage_order"
            or "blocksize" or "allowzero" or "batch_dims" or "offset_group"
            or "heads" or "size" or "value_size" or "k" or "largest" or "select_last_index" or "align_corners" or LayerAlternatives.Form
            or "channels_last" or "opset" or "K" or "N" or "bits" or "block_size"
            or "hidden_size" or "layout" or "linear_before_reset" or "input_forget" => value is long,
        "pads" or "strides" or "dilations" or "kernel_shape" or "perm" or "axes" or "starts" or "ends" or "split" or "shape" or "offsets" or "output_padding"
            or "output_shape" => value is ImmutableArray<long>,
        "scales" or "activation_alpha" or "activation_beta" => value is ImmutableArray<float>,
        "activations" => value is ImmutableArray<string>,
        "mode" or "auto_pad" or "equation" or "approximate" or "coordinate_transformation_mode" or "nearest_mode" or "keep_aspect_ratio_policy" or "reduction"
            or "padding_mode" or "direction" or "cell"
            or FusedOperators.Activation or LayerAlternatives.Value => value is string,
        _ => true,
    };

    private static string Kind(object value) => value switch
    {
        long => "an integer",
        float => "a number",
        string => "a text",
        ImmutableArray<long> => "integers",
        ImmutableArray<float> => "numbers",
        ImmutableArray<string> => "texts",
        Tensor => "a tensor",
        _ => "a graph",
    };
}
