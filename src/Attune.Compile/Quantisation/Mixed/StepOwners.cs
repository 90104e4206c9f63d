using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Measuring.Models;

namespace Attune.Compile.Quantisation.Mixed;

/// <summary>
/// Which layer causes a step of a compiled network: layers their own; conversions into bytes or brain floats the layer that reads them; what is between layers
/// the one before it, and what is before all layers the first that follows. Immutable.
/// </summary>
internal sealed class StepOwners
{
    private const string Entry = "QuantizeLinear";

    // What plans call steps that no node asks for.
    private const string Conversion = " to ";
    private const string Restored = " as floats";
    private readonly Dictionary<string, int> layers;
    private readonly Dictionary<string, Node> nodes = [];
    private readonly Dictionary<string, Node> producers = [];
    private readonly ILookup<string, Node> readers;

    /// <summary>Looks at a network.</summary>
    /// <param name="network">The network after all passes, as it was compiled.</param>
    /// <param name="layers">Names of the layers.</param>
    public StepOwners(Network network, ImmutableArray<string> layers)
    {
        this.layers = layers.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        foreach (Node node in network.Nodes)
        {
            nodes.TryAdd(node.Name, node);
            foreach (string output in node.Outputs)
            {
                producers[output] = node;
            }
        }

        readers = network.Nodes.SelectMany(node => node.Inputs.Distinct().Select(input => (input, node))).ToLookup(pair => pair.input, pair => pair.node);
    }

    /// <summary>The layer that causes a step, and whether the step turns numbers into bytes or brain floats for it; -1 for none.</summary>
    /// <param name="step">Name of the step: that of a node, or of a value and what it is converted to.</param>
    public (int Layer, bool IsEntry) Of(string step)
    {
        if (nodes.TryGetValue(step, out Node? node))
        {
            bool enters = node.Operator == Entry || ModelTolerance.RoundsToBrainFloats(node);
            return layers.TryGetValue(step, out int own) ? (own, false)
                : enters ? (Either(After(node.Outputs), Before(node)), true)
                : (Either(Before(node), After(node.Outputs)), false);
        }

        if (step.EndsWith(Restored, StringComparison.Ordinal))
        {
            return (Producer(step[..^Restored.Length]), false);
        }

        int end = step.LastIndexOf(Conversion, StringComparison.Ordinal);
        string value = end < 0 ? step : step[..end];
        return (Either(After([value]), Producer(value)), false);
    }

    private int Producer(string value) => producers.TryGetValue(value, out Node? producer) ? Self(producer) : -1;

    private static int Either(int wanted, int other) => wanted >= 0 ? wanted : other;

    private int Self(Node node) => layers.TryGetValue(node.Name, out int own) ? own : Before(node);

    // The last of the layers before it.
    private int Before(Node node) => Nearest(
        [node], at => at.Inputs.Where(producers.ContainsKey).Select(input => producers[input]), found => found.Max());

    // The first of the layers after it.
    private int After(IEnumerable<string> values) => Nearest(
        values.SelectMany(value => readers[value]), at => at.Outputs.SelectMany(output => readers[output]), found => found.Min(), startsWithin: true);

    private int Nearest(IEnumerable<Node> start, Func<Node, IEnumerable<Node>> next, Func<List<int>, int> choose, bool startsWithin = false)
    {
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var open = new Queue<Node>(startsWithin ? start : start.SelectMany(next));
        List<int> found = [];
        while (open.TryDequeue(out Node? node))
        {
            if (!seen.Add(node))
            {
                continue;
            }

            if (layers.TryGetValue(node.Name, out int layer))
            {
                found.Add(layer);
                continue;
            }

            foreach (Node other in next(node))
            {
                open.Enqueue(other);
            }
        }

        return found.Count == 0 ? -1 : choose(found);
    }
}
