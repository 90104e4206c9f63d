using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Compile.Quantisation;

/// <summary>
/// Which operators of a network read bytes, which values are bytes, and which of these share parameters. Layers read bytes; pools, sums, products, joins and
/// moves do where all that they read comes from operators on bytes and some operator on bytes reads their result.
/// </summary>
internal sealed class QuantisationPlan
{
    private readonly Network network;
    private readonly IReadOnlyDictionary<string, string> floats;
    private readonly Dictionary<string, int> producers = [];
    private readonly ILookup<string, int> readers;
    private readonly HashSet<int> operators = [];
    private readonly Dictionary<string, string> parents = [];

    private QuantisationPlan(Network network, IReadOnlyDictionary<string, string> floats)
    {
        (this.network, this.floats) = (network, floats);
        for (int i = 0; i < network.Nodes.Length; i++)
        {
            foreach (string output in network.Nodes[i].Outputs)
            {
                producers[output] = i;
            }
        }

        readers = network.Nodes.SelectMany((node, i) => node.Inputs.Distinct().Select(input => (input, i))).ToLookup(pair => pair.input, pair => pair.i);
    }

    /// <summary>Positions of the operators that read bytes.</summary>
    public IReadOnlySet<int> Operators => operators;

    /// <summary>Convolutions and matrix products on bytes, in the network's order.</summary>
    public ImmutableArray<Node> Layers { get; private set; } = [];

    /// <summary>Values that are bytes for some reader, in order of their first.</summary>
    public IReadOnlyList<string> Values { get; private set; } = [];

    /// <summary>Plans.</summary>
    /// <param name="network">The network.</param>
    /// <param name="floats">Names of nodes that must read floats, and why; null for none.</param>
    public static QuantisationPlan Of(Network network, IReadOnlyDictionary<string, string>? floats = null)
    {
        var plan = new QuantisationPlan(network, floats ?? ImmutableDictionary<string, string>.Empty);
        plan.Find();
        plan.Layers = [.. plan.operators.Order().Select(index => network.Nodes[index]).Where(node => IsLayer(network, node))];
        plan.Values = [.. plan.operators.Order().SelectMany(index => plan.DataOf(network.Nodes[index])).Distinct()];
        plan.Join();
        return plan;
    }

    /// <summary>True for a convolution or matrix product with constant weights.</summary>
    public static bool IsLayer(Network network, Node node)
    {
        if (node.Operator is not ("Conv" or "Gemm" or "MatMul") || network.Constants.ContainsKey(node.Inputs[0])
            || network.TypeOf(node.Inputs[0]).Element != DataType.Float32
            || !network.Constants.TryGetValue(node.Inputs[1], out Tensor? weights) || weights.Element != DataType.Float32)
        {
            return false;
        }

        // Others keep their floats: PlainLayers left them because something about them is unusual.
        bool biased = node.Input(2).Length == 0
            || (network.Constants.TryGetValue(node.Inputs[2], out Tensor? bias) && bias.Shape.Rank == 1);
        return biased && node.Operator switch
        {
            "Gemm" => node.Attributes.Float("alpha", 1) == 1 && node.Attributes.Float("beta", 1) == 1 && node.Attributes.Int("transA", 0) == 0,
            "MatMul" => weights.Shape.Rank == 2,
            _ => true,
        };
    }

    /// <summary>The values among a node's inputs that are bytes when it reads bytes.</summary>
    public IEnumerable<string> DataOf(Node node) => IsLayer(network, node) ? [node.Inputs[0]]
        : node.Operator is "Add" or "Mul" or "Concat" ? node.Inputs : node.Inputs.Take(1);

    /// <summary>A name for the values that share a value's parameters; the same for all of them.</summary>
    public string GroupOf(string value)
    {
        while (parents.TryGetValue(value, out string? parent))
        {
            value = parent;
        }

        return value;
    }

    private void Find()
    {
        var bytes = new HashSet<string>();
        for (int i = 0; i < network.Nodes.Length; i++)
        {
            Node node = network.Nodes[i];
            if (!floats.ContainsKey(node.Name)
                && (IsLayer(network, node) || (CanFollow(node) && DataOf(node).All(value => bytes.Contains(value) || FromBytes(value)))))
            {
                operators.Add(i);
                bytes.UnionWith(DataOf(node));
            }
        }

        // Without a reader on bytes there is nothing to gain: the result would only be rounded.
        for (int i = network.Nodes.Length - 1; i >= 0; i--)
        {
            if (operators.Contains(i) && !IsLayer(network, network.Nodes[i]) && !network.Nodes[i].Outputs.Any(IsRead))
            {
                operators.Remove(i);
            }
        }
    }

    private bool CanFollow(Node node) =>
        node.Operator is "Add" or "Mul" or "MaxPool" or "AveragePool" or "GlobalAveragePool" or "Concat" or "Reshape" or "Flatten" or "Transpose" or "Squeeze"
            or "Unsqueeze"
        && node.Outputs.Length == 1
        && DataOf(node).All(value => !network.Constants.ContainsKey(value) && network.TypeOf(value).Element == DataType.Float32);

    private bool FromBytes(string value) => producers.TryGetValue(value, out int producer)
        && (operators.Contains(producer) || (IsClip(network.Nodes[producer]) && FromBytes(network.Nodes[producer].Inputs[0])));

    private bool IsRead(string value) =>
        readers[value].Any(reader => (operators.Contains(reader) && DataOf(network.Nodes[reader]).Contains(value))
            || (IsClip(network.Nodes[reader]) && network.Nodes[reader].Outputs.Any(IsRead)));

    /// <summary>True for what the range of bytes may imply, so that it costs nothing between bytes.</summary>
    public static bool IsClip(Node node) => node.Operator is "Relu" or "Clip";

    // What only moves keeps its bytes; parts that are joined can lie beside each other.
    private void Join()
    {
        foreach (Node node in operators.Order().Select(index => network.Nodes[index]))
        {
            bool moves = node.Operator is "MaxPool" or "Concat" or "Reshape" or "Flatten" or "Transpose" or "Squeeze" or "Unsqueeze";
            if (!moves || !Values.Contains(node.Outputs[0]))
            {
                continue;
            }

            foreach (string value in DataOf(node))
            {
                (string from, string to) = (GroupOf(value), GroupOf(node.Outputs[0]));
                if (from != to)
                {
                    parents[from] = to;
                }
            }
        }
    }
}
