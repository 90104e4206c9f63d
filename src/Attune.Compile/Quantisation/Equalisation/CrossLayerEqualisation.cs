using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Compile.Quantisation.Equalisation;

/// <summary>
/// Channels of very different ranges share the steps of one scale, so that the small ones are lost. Where only what keeps multiples lies between two layers,
/// the first may make a channel smaller by any factor as long as the second makes up for it: the factor is the one with which the largest weights of the
/// channel in both layers become the same (Nagel, van Baalen, Blankevoort and Welling 2019, "Data-Free Quantization Through Weight Equalization and Bias
/// Correction", 4.1). The network computes the same up to rounding of floats. Stateless.
/// </summary>
internal static class CrossLayerEqualisation
{
    // Beside tiny weights a bias of ordinary size would become huge.
    private const double MaxFactor = 1e4;
    private const double Settled = 1e-3;
    private const int MaxSweeps = 50;

    /// <summary>The equalised network.</summary>
    /// <param name="network">The network of floats, of operators of ONNX.</param>
    /// <param name="plan">What is on bytes.</param>
    /// <returns>The network and how many pairs of layers were scaled; null where there are none, or their ranges are alike already.</returns>
    public static (Network Network, int Pairs)? Run(Network network, QuantisationPlan plan)
    {
        ImmutableArray<LayerPair> pairs = LayerPairs.Of(network, plan);
        double change = Settled;
        for (int sweep = 0; sweep < MaxSweeps && change >= Settled; sweep++)
        {
            // A layer of two pairs changes ranges of one when those of the other are made alike.
            change = pairs.Select(Equalise).DefaultIfEmpty().Max();
        }

        int scaled = pairs.Count(pair => pair.Second.ReadFactors.Any(factor => Math.Abs(Math.Log(factor)) >= Settled));
        if (scaled == 0)
        {
            return null;
        }

        // Pairs that are hardly scaled too: what one layer of a pair was multiplied by, the other must make up for.
        Network result = Replaced(network, [.. pairs.SelectMany(pair => (ScaledLayer[])[pair.First, pair.Second]).Distinct()]);
        return (result, scaled);
    }

    /// <summary>Makes the ranges of one pair alike.</summary>
    /// <returns>The largest logarithm of a factor.</returns>
    private static double Equalise(LayerPair pair)
    {
        double[] made = pair.First.MadeRanges();
        double[] read = pair.Second.ReadRanges();
        double change = 0;
        for (int channel = 0; channel < made.Length; channel++)
        {
            // A channel that is nothing, or that nobody looks at, has no range to be matched.
            if (made[channel] > 0 && read[channel] > 0)
            {
                double before = pair.Second.ReadFactors[channel];
                double after = Math.Clamp(before * Math.Sqrt(made[channel] / read[channel]), 1 / MaxFactor, MaxFactor);
                pair.Second.ReadFactors[channel] = after;
                pair.First.MadeFactors[channel] = 1 / after;
                change = Math.Max(change, Math.Abs(Math.Log(after / before)));
            }
        }

        return change;
    }

    private static Network Replaced(Network network, ScaledLayer[] layers)
    {
        Dictionary<string, ScaledLayer> byName = layers.ToDictionary(layer => layer.Node.Name);
        var constants = network.Constants.ToBuilder();
        var types = network.Types.ToBuilder();
        string Constant(string from, Tensor tensor)
        {
            string name = UnusedName.Of($"{from}_equalised", types.ContainsKey);
            constants.Add(name, tensor);
            types.Add(name, tensor.Type);
            return name;
        }

        var nodes = ImmutableArray.CreateBuilder<Node>(network.Nodes.Length);
        foreach (Node node in network.Nodes)
        {
            if (!byName.TryGetValue(node.Name, out ScaledLayer? layer))
            {
                nodes.Add(node);
                continue;
            }

            ImmutableArray<string> inputs = node.Inputs.SetItem(1, Constant(node.Inputs[1], layer.Weights()));
            nodes.Add(node with { Inputs = layer.Bias() is { } bias ? inputs.SetItem(2, Constant(node.Inputs[2], bias)) : inputs });
        }

        HashSet<string> read = [.. nodes.SelectMany(node => node.Inputs), .. network.Outputs.Select(output => output.Name)];
        string[] unread = [.. network.Constants.Keys.Where(name => !read.Contains(name))];
        return network with
        {
            Nodes = nodes.ToImmutable(),
            Constants = constants.ToImmutable().RemoveRange(unread),
            Types = types.ToImmutable().RemoveRange(unread),
        };
    }
}
