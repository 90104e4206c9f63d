using Attune.Kernels;

namespace Attune.Passes;

/// <summary>Removes nodes whose results nobody reads, and constants and types that are left over.</summary>
public sealed class DeadCodeRemoval : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "dead code removal";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var needed = new HashSet<string>(network.Outputs.Select(output => output.Name));
        var kept = new List<Node>();
        foreach (Node node in network.Nodes.Reverse())
        {
            if (node.Outputs.Any(needed.Contains))
            {
                kept.Add(node);
                needed.UnionWith(node.Inputs);
            }
        }

        kept.Reverse();
        var unused = network.Constants.Keys.Where(name => !needed.Contains(name)).ToList();
        if (kept.Count == network.Nodes.Length && unused.Count == 0)
        {
            return network;
        }

        var alive = new HashSet<string>(
            kept.SelectMany(node => node.Outputs).Concat(network.Inputs.Select(input => input.Name)).Concat(network.Constants.Keys.Except(unused)));
        return network with
        {
            Nodes = [.. kept],
            Constants = network.Constants.RemoveRange(unused),
            Types = network.Types.RemoveRange(network.Types.Keys.Where(name => !alive.Contains(name))),
        };
    }
}
