using Attune.Kernels;

namespace Attune.Runtime.Dynamic;

/// <summary>Elementary operations of a network, roughly: what decides whether compiling it pays.</summary>
internal static class StageWork
{
    /// <summary>Sum over its nodes: elements of the results, times the terms that each is a sum of.</summary>
    /// <param name="network">A network whose types are all known.</param>
    public static long Of(Network network)
    {
        double work = 0;
        foreach (Node node in network.Nodes)
        {
            double results = node.Outputs.Where(network.Types.ContainsKey).Sum(output => (double)network.Types[output].Shape.Count);
            work += results * TermsOf(network, node);
        }

        return work < long.MaxValue ? (long)work : long.MaxValue;
    }

    private static double TermsOf(Network network, Node node)
    {
        Shape? right = network.Types.GetValueOrDefault(node.Input(1))?.Shape;
        Shape? left = network.Types.GetValueOrDefault(node.Input(0))?.Shape;
        return node.Operator switch
        {
            "Conv" or "ConvTranspose" when right is { Rank: > 1 } => (double)right.Count / right[0],
            "MatMul" or "Gemm" or "MatMulInteger" when left is { Rank: > 0 } => node.Attributes.Int("transA", 0) != 0 ? left[0] : left[-1],
            _ when left is not null && node.Outputs.Length > 0 && network.Types.TryGetValue(node.Outputs[0], out TensorType? result) =>
                Math.Max(1, (double)left.Count / Math.Max(1, result.Shape.Count)),
            _ => 1,
        };
    }
}
