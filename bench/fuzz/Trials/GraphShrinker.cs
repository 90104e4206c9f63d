using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Passes;

namespace Attune.Bench.Fuzz.Trials;

/// <summary>
/// Makes a network smaller as long as something stays true of it: outputs go, nodes go (what they computed becomes an input or another output), fusions that
/// were switched off come back one by one, extents shrink. Greedy, until nothing more can go.
/// </summary>
internal sealed class GraphShrinker
{
    private readonly Func<Network, ImmutableDictionary<string, Tensor>, bool> fails;
    private int left;

    /// <summary>Makes a shrinker.</summary>
    /// <param name="fails">Whether a smaller network, with inputs for it, still shows what the first one did.</param>
    /// <param name="attempts">Most networks to try.</param>
    public GraphShrinker(Func<Network, ImmutableDictionary<string, Tensor>, bool> fails, int attempts = 400)
    {
        this.fails = fails;
        left = attempts;
    }

    /// <summary>The smallest network found.</summary>
    public (Network Network, ImmutableDictionary<string, Tensor> Inputs) Shrink(Network network, ImmutableDictionary<string, Tensor> inputs)
    {
        (Network Network, ImmutableDictionary<string, Tensor> Inputs) best = (network, inputs);
        while (left > 0 && Smaller(best) is { } smaller)
        {
            best = smaller;
        }

        return best;
    }

    private (Network Network, ImmutableDictionary<string, Tensor> Inputs)? Smaller((Network Network, ImmutableDictionary<string, Tensor> Inputs) from)
    {
        foreach ((Network network, ImmutableDictionary<string, Tensor> inputs) in Candidates(from.Network, from.Inputs))
        {
            if (left-- <= 0)
            {
                return null;
            }

            if (NetworkVerifier.Verify(network).IsEmpty && fails(network, inputs))
            {
                return (network, inputs);
            }
        }

        return null;
    }

    private static IEnumerable<(Network Network, ImmutableDictionary<string, Tensor> Inputs)> Candidates(
        Network network, ImmutableDictionary<string, Tensor> inputs)
    {
        foreach (NetworkValue output in network.Outputs.Where(_ => network.Outputs.Length > 1))
        {
            yield return Pruned(network with { Outputs = [.. network.Outputs.Where(other => other.Name != output.Name)] }, inputs);
            yield return Pruned(network with { Outputs = [output] }, inputs);
        }

        foreach (Node node in network.Nodes.Where(node => node.Outputs.Length == 1))
        {
            // What the node reads is the result.
            foreach (string operand in node.Inputs.Where(
                operand => operand.Length > 0 && !network.Constants.ContainsKey(operand) && network.Outputs.All(output => output.Name != operand)))
            {
                ImmutableArray<NetworkValue> outputs = [.. network.Outputs.Where(
                    output => output.Name != node.Outputs[0]), new NetworkValue(operand, network.TypeOf(operand))];
                yield return Pruned(Without(network, node) with { Outputs = outputs }, inputs);
            }

            // What the node computes comes from outside.
            TensorType type = network.TypeOf(node.Outputs[0]);
            if (type.Element == DataType.Float32)
            {
                var value = new NetworkValue(node.Outputs[0], type);
                yield return Pruned(Without(network, node) with { Inputs = network.Inputs.Add(value) }, inputs.Add(value.Name, Numbers(type.Shape)));
            }

            // The node lets pass what it reads.
            foreach (string operand in node.Inputs.Where(
                operand => operand.Length > 0 && network.Types[operand].Equals(type) && network.Outputs.All(output => output.Name != node.Outputs[0])))
            {
                Network without = Without(network, node);
                yield return Pruned(without with
                {
                    Nodes = [.. without.Nodes.Select(other => other with
                {
                    Inputs = [.. other.Inputs.Select(input => input == node.Outputs[0] ? operand : input)],
                })]
                }, inputs);
            }
        }

        foreach ((Network Network, ImmutableDictionary<string, Tensor> Inputs) smaller in ExtentShrinking.Candidates(network, inputs))
        {
            yield return smaller;
        }
    }

    private static Network Without(Network network, Node node) => network with { Nodes = network.Nodes.Remove(node) };

    /// <summary>Without what no output needs, and with inputs only where somebody reads them.</summary>
    private static (Network Network, ImmutableDictionary<string, Tensor> Inputs) Pruned(Network network, ImmutableDictionary<string, Tensor> inputs)
    {
        HashSet<string> needed = [.. network.Outputs.Select(output => output.Name)];
        var nodes = new List<Node>();
        foreach (Node node in network.Nodes.Reverse())
        {
            if (node.Outputs.Any(needed.Contains))
            {
                nodes.Insert(0, node);
                needed.UnionWith(node.Inputs);
            }
        }

        HashSet<string> made = [.. nodes.SelectMany(node => node.Outputs)];
        ImmutableArray<NetworkValue> kept = [.. network.Inputs.Where(input => needed.Contains(input.Name))];
        ImmutableDictionary<string, Tensor> constants = network.Constants.RemoveRange(network.Constants.Keys.Where(constant => !needed.Contains(constant)));
        var types = network.Types.Where(
            type => made.Contains(type.Key) || constants.ContainsKey(type.Key) || kept.Any(input => input.Name == type.Key)).ToImmutableDictionary();
        Network pruned = network with { Nodes = [.. nodes], Inputs = kept, Constants = constants, Types = types };
        return (pruned, inputs.RemoveRange(inputs.Keys.Where(input => kept.All(value => value.Name != input))));
    }

    /// <summary>Numbers that tell every place from every other.</summary>
    private static Tensor Numbers(Shape shape)
    {
        var data = new float[shape.Count];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (((i * 37) % 101) - 50) / 50f;
        }

        return Tensor.Of(shape, data);
    }
}
