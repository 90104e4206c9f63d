using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Passes;

namespace Attune.Compile.Quantisation;

/// <summary>
/// Networks as they are quantised: batch norms and other factors and summands per channel in weights and biases, and nothing but operators of ONNX.
/// </summary>
internal static class PlainLayers
{
    private static readonly PassPipeline Passes = new(
    [
        new ConstantFolding(), new IdentityRemoval(), new DeadCodeRemoval(), new ExplicitPadding(), new PaddingFolding(), new BatchNormFolding(),
        new WeightedFusion(), new AffineFolding(), new DeadCodeRemoval(),
    ]);

    /// <summary>The network in that form.</summary>
    /// <param name="network">A network of 32-bit floats as it was read.</param>
    /// <param name="opset">Its operator set.</param>
    public static Network Of(Network network, int opset)
    {
        Network folded = Passes.Run(network);
        ImmutableDictionary<string, TensorType>.Builder types = folded.Types.ToBuilder();
        var nodes = ImmutableArray.CreateBuilder<Node>(folded.Nodes.Length);
        foreach (Node node in folded.Nodes)
        {
            nodes.AddRange(Spread(node, opset, types));
        }

        return folded with { Nodes = nodes.ToImmutable(), Types = types.ToImmutable() };
    }

    private static Node[] Spread(Node node, int opset, ImmutableDictionary<string, TensorType>.Builder types)
    {
        Attributes attributes = node.Attributes.Without(FusedOperators.Activation);
        ImmutableArray<string> operands = node.Input(2).Length > 0 ? [.. node.Inputs.Take(3)] : [.. node.Inputs.Take(2)];
        if (node.Operator == FusedOperators.Convolution)
        {
            return [node with { Operator = "Conv", Opset = opset, Inputs = operands, Attributes = attributes }];
        }

        if (node.Operator != FusedOperators.Dense)
        {
            return [node];
        }

        TensorType result = types[node.Outputs[0]];
        if (result.Shape.Rank == 2)
        {
            return [node with { Operator = "Gemm", Opset = opset, Inputs = operands, Attributes = attributes }];
        }

        // Only a MatMul takes more than two axes, and its weights are stored as they are multiplied.
        if (operands.Length == 2)
        {
            return [node with { Operator = "MatMul", Opset = opset, Inputs = operands, Attributes = Attributes.None }];
        }

        string product = Unused($"{node.Outputs[0]}.product", types);
        types[product] = result;
        return
        [
            node with { Operator = "MatMul", Opset = opset, Inputs = operands[..2], Outputs = [product], Attributes = Attributes.None },
            new Node($"{node.Name}.bias", "Add", opset, [product, operands[2]], node.Outputs, Attributes.None),
        ];
    }

    private static string Unused(string wanted, ImmutableDictionary<string, TensorType>.Builder types) =>
        UnusedName.Of(wanted, types.ContainsKey);
}
