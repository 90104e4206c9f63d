using System.Collections.Immutable;
using Attune.Graph.Faults;
using Attune.Kernels;
using Attune.Passes;
using Attune.Passes.Expansion;
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

        var assembly = new NodeAssembly(
            inference, new ValueNames(raw.Nodes, raw.Inputs.Select(static input => input.Name).Concat(raw.Constants.Keys)), raw.Narrow, raw.Opset);
        foreach (Node node in raw.Nodes)
        {
            assembly.Add(node);
        }

        foreach (NodeFinding finding in assembly.Findings)
        {
            Report(finding);
        }

        foreach (Declaration output in raw.Outputs)
        {
            CheckOutput(output, inference);
        }

        ImmutableArray<Node> nodes = assembly.Nodes;
        ImmutableDictionary<string, Tensor> constants = raw.Constants.AddRange(assembly.Constants);
        HashSet<string> defined = [.. inputs.Keys, .. constants.Keys, .. nodes.SelectMany(static node => node.Outputs)];
        var network = new Network(
            raw.Name,
            [.. raw.Inputs.Select(input => new NetworkValue(input.Name, inputs.GetValueOrDefault(input.Name) ?? Unknown))],
            [.. raw.Outputs.Select(output => new NetworkValue(output.Name, inference.Types.GetValueOrDefault(output.Name) ?? output.Static ?? Unknown))],
            nodes,
            constants,
            inference.Types.Where(entry => defined.Contains(entry.Key)).ToImmutableDictionary());
        if (!strict)
        {
            return network;
        }

        Network separated = DynamicSeparation.Run(network);
        if (raw.Narrow.Count > 0 && separated.Nodes is [.., { Operator: FusedOperators.Dynamic }])
        {
            faults.Add(
                FaultCodes.UnsupportedFeature,
                "Integers of 4 or 2 bits and results whose shapes depend on data, or control flow, do not go together yet.",
                where,
                "Export the model with weights of 8 bits.");
        }

        return separated;
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
            string message = $"The output is declared as {output.Element} but computed as {type.Element}.";
            Report(FaultCodes.TypeMismatch, message, place, "Export the model again.");
        }
        else if (options.Shapes.IsEmpty && output.Extents is { Count: > 0 } declared
            && (declared.Count != type.Shape.Rank || declared.Where((extent, axis) => extent.Value >= 0 && extent.Value != type.Shape.Dimensions[axis]).Any()))
        {
            faults.Warn(
                FaultCodes.TypeMismatch, $"The output is declared as {output.Describe()} but computed as {type.Shape}.", place, "The computed shape is used.");
        }
    }

    private void Report(NodeFinding finding)
    {
        string place = $"{where}, node '{finding.Node.Name}' ({finding.Node.Operator})";
        if (finding.Remark is { } remark)
        {
            faults.Warn(FaultCodes.UnsupportedFeature, remark, place, "Export the model for inference.");
        }
        else if (finding.Problem is { Kind: not InferenceProblemKind.DataDependent } problem)
        {
            // What depends on data is planned while the model runs.
            (string code, string next) = Faulted(problem.Kind);
            Report(code, problem.Message, place, next);
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
