using Attune.Kernels;

namespace Attune.Passes.Expansion;

/// <summary>All names of values and nodes that a model uses, at any depth, and those given away since. Not thread-safe.</summary>
internal sealed class ValueNames
{
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

    /// <summary>Knows every name of a graph and of the bodies in it.</summary>
    /// <param name="nodes">The graph's nodes.</param>
    /// <param name="others">Names of its inputs and constants.</param>
    public ValueNames(IEnumerable<Node> nodes, IEnumerable<string> others)
    {
        taken.UnionWith(others);
        Add(nodes);
    }

    /// <summary>A name that nothing has yet; it is taken from now on.</summary>
    /// <param name="wanted">What it should be called.</param>
    public string New(string wanted)
    {
        // Unrolled bodies ask for one name thousands of times; counting goes on where it was left.
        int number = numbers.GetValueOrDefault(wanted, 1);
        string name = wanted;
        for (; !taken.Add(name); name = $"{wanted}.{number}")
        {
            number++;
        }

        numbers[wanted] = number;
        return name;
    }

    private void Add(IEnumerable<Node> nodes)
    {
        foreach (Node node in nodes)
        {
            taken.Add(node.Name);
            taken.UnionWith(node.Inputs);
            taken.UnionWith(node.Outputs);
            foreach (Network body in node.Attributes.Select(static entry => entry.Value).OfType<Network>())
            {
                taken.UnionWith(body.Inputs.Select(static input => input.Name));
                taken.UnionWith(body.Constants.Keys);
                Add(body.Nodes);
            }
        }
    }
}
