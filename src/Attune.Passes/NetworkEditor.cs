using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Passes;

/// <summary>
/// A network under rewriting: who defines and who reads each value, and replacements in place. Node positions keep their order, so a
/// replacement stays valid as long as it reads only values defined before its position. Not thread-safe; one editor per pass run.
/// </summary>
internal sealed class NetworkEditor
{
    private readonly Network source;
    private readonly Node?[] nodes;
    private readonly Dictionary<string, int> producers = [];
    private readonly Dictionary<string, List<int>> readers = [];
    private readonly HashSet<string> outputs;
    private readonly ImmutableDictionary<string, Tensor>.Builder constants;
    private readonly ImmutableDictionary<string, TensorType>.Builder types;
    private bool changed;

    public NetworkEditor(Network network)
    {
        source = network;
        nodes = [.. network.Nodes];
        outputs = [.. network.Outputs.Select(output => output.Name)];
        constants = network.Constants.ToBuilder();
        types = network.Types.ToBuilder();
        for (int i = 0; i < nodes.Length; i++)
        {
            Index(i, nodes[i]!);
        }
    }

    /// <summary>Number of positions, removed nodes included.</summary>
    public int Count => nodes.Length;

    /// <summary>The node at a position, or null once removed.</summary>
    public Node? this[int index] => nodes[index];

    /// <summary>Position of the node that writes a value, or -1 for inputs and constants.</summary>
    public int ProducerOf(string value) => producers.GetValueOrDefault(value, -1);

    /// <summary>The node that writes a value when it is of an operator, or null.</summary>
    public Node? ProducerOf(string value, string operation) =>
        ProducerOf(value) is >= 0 and var index && nodes[index] is { } node && node.Operator == operation ? node : null;

    /// <summary>Positions that read a value, one entry for each reading input.</summary>
    public IReadOnlyList<int> ReadersOf(string value) => readers.GetValueOrDefault(value) ?? [];

    /// <summary>True for a value that the caller receives.</summary>
    public bool IsOutput(string value) => outputs.Contains(value);

    /// <summary>True when the value may disappear into its only reader.</summary>
    public bool HasOneReader(string value) => !IsOutput(value) && ReadersOf(value).Count == 1;

    public Tensor? Constant(string value) => constants.GetValueOrDefault(value);

    public TensorType? TypeOf(string value) => types.GetValueOrDefault(value);

    /// <summary>A constant that holds one 32-bit float.</summary>
    public float? Scalar(string value) => Constant(value) is { Count: 1, Element: DataType.Float32 } tensor ? tensor.Span<float>()[0] : null;

    /// <summary>Adds a constant under a new name derived from the wanted one.</summary>
    public string AddConstant(string wanted, Tensor tensor)
    {
        string name = UnusedName.Of(wanted, known => types.ContainsKey(known) || constants.ContainsKey(known) || producers.ContainsKey(known));
        constants.Add(name, tensor);
        types[name] = tensor.Type;
        changed = true;
        return name;
    }

    /// <summary>Invents the name of a value that a new node will write.</summary>
    public string NewValue(string wanted, TensorType type)
    {
        string name = UnusedName.Of(wanted, known => types.ContainsKey(known) || producers.ContainsKey(known));
        types[name] = type;
        changed = true;
        return name;
    }

    /// <summary>Turns a value that a node computes into a constant.</summary>
    public void MakeConstant(string value, Tensor tensor)
    {
        constants[value] = tensor;
        types[value] = tensor.Type;
        producers.Remove(value);
        changed = true;
    }

    /// <summary>Puts another node at a position. Values that only the old one wrote lose their types.</summary>
    public void Replace(int index, Node node)
    {
        Remove(index);
        nodes[index] = node;
        Index(index, node);
    }

    public void Remove(int index)
    {
        if (nodes[index] is not { } old)
        {
            return;
        }

        foreach (string output in old.Outputs)
        {
            if (producers.GetValueOrDefault(output, -1) == index)
            {
                producers.Remove(output);
            }
        }

        foreach (string input in old.Inputs.Where(input => input.Length > 0))
        {
            readers[input].Remove(index);
        }

        nodes[index] = null;
        changed = true;
    }

    /// <summary>States the type of a value that a replacement introduces.</summary>
    public void Define(string value, TensorType type) => types[value] = type;

    /// <summary>Makes every reader of one value read another. The value must not be an output of the network.</summary>
    public void Redirect(string from, string to)
    {
        foreach (int reader in ReadersOf(from).Distinct().ToArray())
        {
            Node node = nodes[reader]!;
            Replace(reader, node with { Inputs = [.. node.Inputs.Select(input => input == from ? to : input)] });
        }
    }

    /// <summary>The rewritten network; the source itself when nothing changed.</summary>
    public Network Build() => Build(nodes.Where(node => node is not null)!);

    /// <summary>The network with other nodes than those edited here; for passes that make several nodes of one.</summary>
    public Network Build(IEnumerable<Node> result)
    {
        if (!changed)
        {
            return source;
        }

        var kept = result.ToImmutableArray();
        var alive = new HashSet<string>(source.Inputs.Select(input => input.Name).Concat(constants.Keys));
        alive.UnionWith(kept.SelectMany(node => node.Outputs));
        types.RemoveRange([.. types.Keys.Where(name => !alive.Contains(name))]);
        return source with { Nodes = kept, Constants = constants.ToImmutable(), Types = types.ToImmutable() };
    }

    private void Index(int index, Node node)
    {
        foreach (string output in node.Outputs.Where(output => output.Length > 0))
        {
            producers[output] = index;
        }

        foreach (string input in node.Inputs.Where(input => input.Length > 0))
        {
            if (!readers.TryGetValue(input, out List<int>? list))
            {
                readers.Add(input, list = []);
            }

            list.Add(index);
        }
    }
}
