using System.Collections.Immutable;
using Attune.Graph.Faults;
using Attune.Graph.Reading.Expansion;
using Attune.Kernels;
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

        var assembly = new NodeAssembly(inference, new ValueNames(raw), raw.Narrow, raw.Opset, Report);
        foreach (Node node in raw.Nodes)
        {
            assembly.Add(node);
        }

        faults.Add(assembly.Faults);
        foreach (Declaration output in raw.Outputs)
        {
            CheckOutput(output, inference);
        }

        ImmutableArray<Node> nodes = assembly.Nodes;
        ImmutableDictionary<string, Tensor> constants = raw.Constants.AddRange(assembly.Constants);
        HashSet<string> defined = [.. inputs.Keys, .. constants.Keys, .. nodes.SelectMany(static node => node.Outputs)];
        return new Network(
            raw.Name,
            [.. raw.Inputs.Select(input => new NetworkValue(input.Name, inputs.GetValueOrDefault(input.Name) ?? Unknown))],
            [.. raw.Outputs.Select(output => new NetworkValue(output.Name, inference.Types.GetValueOrDefault(output.Name) ?? output.Static ?? Unknown))],
            nodes,
            constants,
            inference.Types.Where(entry => defined.Contains(entry.Key)).ToImmutableDictionary());
    }

    private static TensorType Unknown => new(DataType.Undefined, Shape.Scalar);

    private static (string Code, string Next) Faulted(InferenceProblemKind kind) => kind switch
    {
        InferenceProblemKind.TooLarge => (FaultCodes.TooLarge, "Give smaller input extents with --shape."),
        InferenceProblemKind.Unsupported => (FaultCodes.UnsupportedOperator, "Export the model without it, or replace it by supported operators."),
        InferenceProblemKind.DataDependent => (FaultCodes.DataDependentShape, "Simplify the model with fixed shapes before tuning it."),
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
            string message = $"The output is declared as {output.Element} but computed as {type.Element}.";
            Report(faults, FaultCodes.TypeMismatch, message, place, "Export the model again.");
        }
        else if (options.Shapes.IsEmpty && output.Extents is { Count: > 0 } declared
            && (declared.Count != type.Shape.Rank || declared.Where((extent, axis) => extent.Value >= 0 && extent.Value != type.Shape.Dimensions[axis]).Any()))
        {
            faults.Warn(
                FaultCodes.TypeMismatch, $"The output is declared as {output.Describe()} but computed as {type.Shape}.", place, "The computed shape is used.");
        }
    }

    private void Report(Node node, InferenceProblem problem, FaultList found)
    {
        (string code, string next) = Faulted(problem.Kind);
        Report(found, code, problem.Message, $"{where}, node '{node.Name}' ({node.Operator})", next);
    }

    private void Report(FaultList found, string code, string message, string place, string next)
    {
        if (strict)
        {
            found.Add(code, message, place, next);
        }
        else
        {
            found.Warn(code, message, place, next);
        }
    }
}
