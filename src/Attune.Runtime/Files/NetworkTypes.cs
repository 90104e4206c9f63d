using Attune.Kernels;
using Attune.Reference;
using Attune.Reference.Inference;

namespace Attune.Runtime.Files;

/// <summary>
/// Infers every type of a network that came from a file again, from its inputs and constants: memory is planned and kernels are chosen by types, so none may be
/// believed. The rules are those by which ONNX files are read. Nothing is computed on the way: constants of tuned models are folded, and a file might ask for
/// endless computations.
/// </summary>
internal static class NetworkTypes
{
    /// <summary>Most elements of a value: as many as one array can hold.</summary>
    private static readonly long MaxElements = Array.MaxLength;

    /// <summary>Compares stated types with inferred ones; the elements of constants must have been read.</summary>
    /// <exception cref="FileDefectException">A type differs, an operator is unknown, or a node does not fit its operator's definition.</exception>
    public static void Check(Network network)
    {
        var inference = new TypeInference(ConstantEvaluator.None, MaxElements);
        foreach (NetworkValue input in network.Inputs)
        {
            Require(input.Type.Element != DataType.Undefined, $"the input '{input.Name}' has no type");
            Limit(input.Name, input.Type);
            inference.Define(input.Name, input.Type);
        }

        foreach ((string name, Tensor constant) in network.Constants)
        {
            inference.Define(name, constant);
        }

        foreach (Node node in network.Nodes)
        {
            Check(network, node, inference);
        }

        foreach (NetworkValue output in network.Outputs)
        {
            Require(
                !inference.Types.TryGetValue(output.Name, out TensorType? type) || type == output.Type,
                $"the output '{output.Name}' is stated as {output.Type} but is {type}");
        }
    }

    private static void Check(Network network, Node node, TypeInference inference)
    {
        Require(
            InferenceTable.Knows(node.Operator) && node.Opset is >= 1 and <= ReferenceKernels.NewestOpset,
            $"node '{node.Name}' has the operator '{node.Operator}' of operator set {node.Opset}, which this version does not run");
        if ((inference.Visit(node) ?? inference.Refusal(node)) is { Kind: not InferenceProblemKind.DataDependent } problem)
        {
            throw new FileDefectException(
                problem.Kind == InferenceProblemKind.TooLarge ? TunedModelFailure.TooLarge : TunedModelFailure.Malformed,
                $"node '{node.Name}' ({node.Operator}) does not fit its inputs: {problem.Message.TrimEnd('.')}");
        }

        foreach (string output in node.Outputs)
        {
            if (output.Length > 0)
            {
                TensorType? inferred = inference.Types.GetValueOrDefault(output);
                TensorType? stated = network.Types.GetValueOrDefault(output);
                Require(
                    stated == inferred,
                    $"'{output}', which node '{node.Name}' ({node.Operator}) computes, is stated as {stated?.ToString() ?? "unknown"} but is "
                    + $"{inferred?.ToString() ?? "of a type that depends on data"}");
            }
        }
    }

    private static void Limit(string name, TensorType type)
    {
        long count = 1;
        foreach (long extent in type.Shape.Dimensions)
        {
            if (extent > MaxElements || (extent > 0 && count > MaxElements / extent))
            {
                throw new FileDefectException(TunedModelFailure.TooLarge, $"the input '{name}' of {type} has more than {MaxElements} elements");
            }

            count *= extent;
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new FileDefectException(TunedModelFailure.Malformed, otherwise);
        }
    }
}
