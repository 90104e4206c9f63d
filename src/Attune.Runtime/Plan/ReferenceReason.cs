using System.Collections.Frozen;
using Attune.Kernels;
using Attune.Kernels.Targets;

namespace Attune.Runtime.Plan;

/// <summary>
/// Says why a node that the plan gave to the reference kernel has no compiled one. Explains a decision of <see cref="NodeClassifier"/>, never makes one.
/// </summary>
internal static class ReferenceReason
{
    // One that only devices of groups and lanes have a kernel for.
    private const string OnGroups = "ConvTranspose";

    // Operators that NodeClassifier knows, in the forms that reach it after fusion.
    private static readonly FrozenSet<string> WithKernels = FrozenSet.ToFrozenSet(
    [
        FusedOperators.Convolution, FusedOperators.Dense, FusedOperators.Attention, FusedOperators.Recurrent, "Conv", "Gemm", "MatMul", "MaxPool",
        "AveragePool", "GlobalAveragePool", "ReduceMean",
        "Add", "Sub", "Mul", "Div", "Relu", "Sigmoid", "Tanh", "LeakyRelu", "HardSigmoid", "HardSwish", "Clip", "Gelu", "Concat", "Slice", "Split", "Resize",
        "Upsample",
        "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Identity", "Softmax", "LayerNormalization", "Transpose",
    ]);

    /// <summary>The reason, as half a sentence about the node.</summary>
    public static string Of(Network network, Node node, KernelTarget target)
    {
        bool hasKernel = WithKernels.Contains(node.Operator) || (target.Groups is not null && node.Operator == OnGroups);
        return OfTypes(network, node) ?? OfRecurrence(network, node, target)
            ?? (hasKernel ? OfForm(network, node) : $"no kernel is compiled for {node.Operator}");
    }

    private static string? OfTypes(Network network, Node node)
    {
        foreach (string value in node.Inputs.Where(input => !network.Constants.ContainsKey(input)).Concat(node.Outputs).Where(value => value.Length > 0))
        {
            if (!network.Types.TryGetValue(value, out TensorType? type))
            {
                return $"the shape of '{value}' is only known when it runs";
            }

            if (type.Element != DataType.Float32)
            {
                return $"it works on {NameOf(type.Element)}, and kernels are compiled for float32 only";
            }

            if (type.Shape.Count == 0)
            {
                return $"'{value}' has no elements";
            }
        }

        return null;
    }

    private static string? OfRecurrence(Network network, Node node, KernelTarget target) => node.Operator switch
    {
        FusedOperators.Recurrent when target.Groups is not null => "steps of recurrent layers run on the host",
        FusedOperators.Recurrent => "its activations, or two directions with different ones, have no compiled form",
        "LSTM" or "GRU" or "RNN" when !network.Constants.ContainsKey(node.Input(1)) || !network.Constants.ContainsKey(node.Input(2)) =>
            "its weights are computed while the model runs",
        "LSTM" or "GRU" or "RNN" => "it has lengths of sequences, peepholes, a clip, coupled gates or a bias that is computed, or was not split",
        _ => null,
    };

    private static string OfForm(Network network, Node node)
    {
        int rank = node.Inputs.IsEmpty || !network.Types.TryGetValue(node.Inputs[0], out TensorType? type) ? 0 : type.Shape.Rank;
        return node.Operator switch
        {
            FusedOperators.Convolution or "Conv" or OnGroups when rank is not (3 or 4) => $"compiled convolutions have one or two spatial axes, not {rank - 2}",
            FusedOperators.Convolution or FusedOperators.Dense or "Conv" or "Gemm" or OnGroups when !network.Constants.ContainsKey(node.Input(1)) =>
                "its weights are computed while the model runs",
            FusedOperators.Convolution or FusedOperators.Dense or "Conv" or "Gemm" or OnGroups when network.TypeOf(node.Input(1)).Element is var stored
                && stored != DataType.Float32 =>
                $"its weights are {NameOf(stored)}, which no compiled kernel reads here",
            "MaxPool" or "AveragePool" or "GlobalAveragePool" or "Resize" or "Upsample" when rank != 4 =>
                $"compiled for two spatial axes, not {Math.Max(0, rank - 2)}",
            "MaxPool" when node.Outputs.Count(output => output.Length > 0) > 1 => "it also gives the places of the maxima",
            _ => "its compiled kernel does not take these shapes, attributes or constants",
        };
    }

    private static string NameOf(DataType element) => element.ToString().ToLowerInvariant();
}
