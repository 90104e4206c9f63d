using System.Collections.Immutable;
using Attune.Compile.Weights;
using Attune.Kernels;

namespace Attune.Compile.Quantisation;

/// <summary>Which layers of a network stay in floats, and why. Stateless.</summary>
internal static class FloatLayers
{
    /// <summary>The layers, in the network's order.</summary>
    /// <param name="network">The network.</param>
    /// <param name="plan">What is on bytes.</param>
    /// <param name="wanted">Nodes that were to stay in floats, and why.</param>
    public static ImmutableArray<KeptLayer> Of(Network network, QuantisationPlan plan, IReadOnlyDictionary<string, string> wanted) =>
    [
        .. network.Nodes.Index()
            .Where(entry => !plan.Operators.Contains(entry.Index))
            .Where(entry => entry.Item.Operator is "Conv" or "Gemm" or "MatMul" or "ConvTranspose" or "LSTM" or "GRU" or "RNN")
            .Select(entry => new KeptLayer(entry.Item.Name, wanted.GetValueOrDefault(entry.Item.Name) ?? Reason(network, entry.Item))),
    ];

    private static string Reason(Network network, Node node)
    {
        switch (node.Operator)
        {
            case "ConvTranspose":
                return "transposed convolutions have no form on bytes here";
            case "LSTM" or "GRU" or "RNN":
                return "recurrent layers have no form on bytes here";
        }

        if (!network.Constants.TryGetValue(node.Inputs[1], out Tensor? weights))
        {
            return network.Constants.ContainsKey(node.Inputs[0]) ? "its constant operand is the left one" : "both of its operands are computed";
        }

        return weights.Element != DataType.Float32 ? $"its weights are {weights.Element}, not 32-bit floats"
            : node.Operator == "MatMul" && weights.Shape.Rank != 2 ? $"its weights have {weights.Shape.Rank} axes, not 2"
            : node.Input(2).Length > 0 && !network.Constants.ContainsKey(node.Inputs[2]) ? "its bias is computed"
            : "its factors or its bias are none that a layer on bytes has";
    }
}
