using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference.Inference;

namespace Attune.Passes.Expansion;

/// <summary>
/// What an expansion sees of one node, and where it writes the nodes that take its place. Types and constants are those known when the node is reached; an
/// expansion that needs more leaves the node as it is.
/// </summary>
internal sealed class ExpansionScope(
    Node node, TypeInference inference, ValueNames names, Dictionary<string, ImmutableArray<string>> sequences,
    IReadOnlyDictionary<string, int> narrow, int opset)
{
    private readonly List<Node> nodes = [];
    private readonly Dictionary<string, Tensor> constants = new(StringComparer.Ordinal);

    /// <summary>The node.</summary>
    public Node Node => node;

    /// <summary>Attributes of the node.</summary>
    public Attributes Attributes => node.Attributes;

    /// <summary>The operator set in which nodes are written.</summary>
    public int Opset => opset;

    /// <summary>What was written.</summary>
    public IReadOnlyList<Node> Nodes => nodes;

    /// <summary>Constants that what was written reads.</summary>
    public IReadOnlyDictionary<string, Tensor> Constants => constants;

    /// <summary>What the user should know about the replacement; empty when there is nothing.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>True when an input is given.</summary>
    public bool Has(int input) => node.Input(input).Length > 0;

    /// <summary>Type of an input; null when it is not given or not known.</summary>
    public TensorType? Type(int input) => Has(input) ? TypeOf(node.Input(input)) : null;

    /// <summary>Type of a value that is there already; null when it is not known.</summary>
    public TensorType? TypeOf(string value) => inference.Types.GetValueOrDefault(value);

    /// <summary>Value of an input that is a constant; null otherwise.</summary>
    public Tensor? Known(int input) => Has(input) ? inference.ConstantOf(node.Input(input)) : null;

    /// <summary>The format's number of an input's element type where that is narrower than what holds it; 0 otherwise.</summary>
    public int Narrow(int input) => narrow.GetValueOrDefault(node.Input(input));

    /// <summary>The values that an input is a sequence of; null when it is none, or its length is not known.</summary>
    public ImmutableArray<string>? Sequence(int input) => sequences.TryGetValue(node.Input(input), out ImmutableArray<string> values) ? values : null;

    /// <summary>States the values of a sequence.</summary>
    public void DefineSequence(string name, ImmutableArray<string> values) => sequences[name] = values;

    /// <summary>True when somebody reads the output.</summary>
    public bool Wants(int output) => output < node.Outputs.Length && node.Outputs[output].Length > 0;

    /// <summary>A new name of a value.</summary>
    public string Value(string suffix) => names.New($"{node.Name}.{suffix}");

    /// <summary>A new constant.</summary>
    public string Constant(string suffix, Tensor tensor)
    {
        string name = names.New($"{node.Name}.{suffix}");
        constants.Add(name, tensor);
        return name;
    }

    /// <summary>A new constant list of integers.</summary>
    public string Integers(string suffix, params ReadOnlySpan<long> values) => Constant(suffix, Tensor.Vector(values.ToArray()));

    /// <summary>A new constant number of an element type.</summary>
    public string Number(string suffix, double value, DataType element) => Constant(suffix, Scalars.Of(value, element));

    /// <summary>Writes a node with one result of a new name, which is returned.</summary>
    public string Add(string operation, string[] inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        string output = names.New($"{node.Name}.{operation}");
        Write(operation, inputs, [output], attributes);
        return output;
    }

    /// <summary>Writes a node whose results have given names; the first of the original's outputs, as a rule.</summary>
    public void Write(string operation, string[] inputs, string[] outputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        Attributes all = Attributes.None;
        foreach ((string name, object value) in attributes)
        {
            all = all.With(name, value);
        }

        Write(0, operation, inputs, outputs, all);
    }

    /// <summary>Writes a node in an operator set that has its operator, whatever the model's is.</summary>
    /// <param name="since">The operator set that the node is read in at least.</param>
    /// <param name="operation">The operator.</param>
    /// <param name="inputs">Names of what it reads.</param>
    /// <param name="outputs">Names of its results.</param>
    /// <param name="attributes">Its attributes.</param>
    public void Write(int since, string operation, string[] inputs, string[] outputs, Attributes attributes)
    {
        bool last = outputs.Length > 0 && node.Outputs.Length > 0 && outputs[0] == node.Outputs[0];
        string name = last ? node.Name : names.New($"{node.Name}.{operation}");
        Put(new Node(name, operation, Math.Max(since, opset), [.. inputs], [.. outputs], attributes));
    }

    /// <summary>Writes the node that computes the original's first output.</summary>
    public void Result(string operation, string[] inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Write(operation, inputs, [node.Outputs[0]], attributes);

    /// <summary>Writes a node as it is.</summary>
    public void Put(Node written) => nodes.Add(written);

    /// <summary>Writes the original with other attributes, in the operator set of the result.</summary>
    public void Rewrite(Attributes attributes) => Put(node with { Attributes = attributes, Opset = opset });

    /// <summary>Writes the original with other inputs and attributes, in the operator set of the result.</summary>
    public void Rewrite(ImmutableArray<string> inputs, Attributes attributes) => Put(node with { Inputs = inputs, Attributes = attributes, Opset = opset });
}
