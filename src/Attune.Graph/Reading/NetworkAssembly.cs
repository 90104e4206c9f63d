using System.Collections.Immutable;
using Attune.Graph.Faults;
using Attune.Kernels;
using Attune.Passes;
using Attune.Reference.Inference;

namespace Attune.Graph.Reading;

/// <summary>Infers all types of a sorted graph and makes the network.</summary>
internal sealed class NetworkAssembly(ReadOptions options, bool strict, string where, FaultList faults)
{
    /// <summary>The network. In strict mode everything that keeps a type from being known is a fault, otherwise a warning.</summary>
    public Network Assemble(RawGraph raw, Dictionary<string, TensorType> inputs)
    {
        var inference = new TypeInference(ConstantEvaluator.Default, options.MaximumElements);
        foreach ((string name, TensorType type) in inputs)
        {
            inference.Define(name, type);
        }

        foreach ((string name, Tensor constant) in raw.Constants)
        {
            inference.Define(name, constant);
        }

        foreach (Node node in raw.Nodes)
        {
            if ((inference.Refusal(node) ?? inference.Visit(node)) is { } problem)
            {
                if (problem.Kind == InferenceProblemKind.DataDependent)
                {
                    // What follows is planned while the model runs.
                    continue;
                }

                (string code, string next) = Faulted(problem.Kind);
                Report(code, problem.Message, $"{where}, node '{node.Name}' ({node.Operator})", next);
            }
            else if (strict && node.Outputs.FirstOrDefault(inference.IsEmpty) is { } empty)
            {
                Report(
                    FaultCodes.EmptyShape,
                    $"The result '{empty}' has shape {inference.Types[empty].Shape} and so no elements.",
                    $"{where}, node '{node.Name}' ({node.Operator})",
                    "Give larger input extents with --shape.");
            }
        }

        foreach (Declaration output in raw.Outputs)
        {
            CheckOutput(output, inference);
        }

        var network = new Network(
            raw.Name,
            [.. raw.Inputs.Select(input => new NetworkValue(input.Name, inputs.GetValueOrDefault(input.Name) ?? Unknown))],
            [.. raw.Outputs.Select(output => new NetworkValue(output.Name, inference.Types.GetValueOrDefault(output.Name) ?? output.Static ?? Unknown))],
            raw.Nodes,
            raw.Constants,
            inference.Types.ToImmutableDictionary());
        return strict ? DynamicSeparation.Run(network) : network;
    }

    private static TensorType Unknown => new(DataType.Undefined, Shape.Scalar);

    private static (string Code, string Next) Faulted(InferenceProblemKind kind) => kind switch
    {
        InferenceProblemKind.TooLarge => (FaultCodes.TooLarge, "Give smaller input extents with --shape."),
        InferenceProblemKind.Unsupported => (FaultCodes.UnsupportedOperator, "Export the model without it, or replace it by supported operators."),
        _ => (FaultCodes.TypeMismatch, "Check the node's inputs and attributes against the operator's definition."),
    };

    private void CheckOutput(Declaration output, TypeInference inference)
    {
        if (!inference.Types.TryGetValue(output.Name, out TensorType? type))
        {
            return;
        }

        string place = $"{where}, output '{output.Name}'";
        if (output.Element != DataType.Undefined && output.Element != type.Element)
        {
            Report(FaultCodes.TypeMismatch, $"The output is declared as {output.Element} but computed as {type.Element}.", place, "Export the model again.");
        }
        else if (options.Shapes.IsEmpty && output.Extents is { Count: > 0 } declared
            && (declared.Count != type.Shape.Rank || declared.Where((extent, axis) => extent.Value >= 0 && extent.Value != type.Shape.Dimensions[axis]).Any()))
        {
            faults.Warn(
                FaultCodes.TypeMismatch, $"The output is declared as {output.Describe()} but computed as {type.Shape}.", place, "The computed shape is used.");
        }
    }

    private void Report(string code, string message, string place, string next)
    {
        if (strict)
        {
            faults.Add(code, message, place, next);
        }
        else
        {
            faults.Warn(code, message, place, next);
        }
    }
}
