using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference.Inference;

namespace Attune.Passes;

/// <summary>Types of all values of a network, from its inputs and constants.</summary>
public static class ShapeInference
{
    /// <summary>The network with its types inferred anew; values whose types cannot be known are absent.</summary>
    /// <param name="network">A network whose nodes are in topological order.</param>
    public static Network Run(Network network)
    {
        var inference = new TypeInference(ConstantEvaluator.Default, Array.MaxLength);
        foreach (NetworkValue input in network.Inputs.Where(input => input.Type.Element != DataType.Undefined))
        {
            inference.Define(input.Name, input.Type);
        }

        foreach ((string name, Tensor constant) in network.Constants)
        {
            inference.Define(name, constant);
        }

        foreach (Node node in network.Nodes)
        {
            inference.Visit(node);
        }

        return network with
        {
            Types = inference.Types.ToImmutableDictionary(),
            Outputs = [.. network.Outputs.Select(output => output with { Type = inference.Types.GetValueOrDefault(output.Name) ?? output.Type })],
        };
    }
}
