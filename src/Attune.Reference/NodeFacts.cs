using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Reference;

/// <summary>
/// What is known of one application of an operator before it runs: the node, the types of its inputs, and the values of those that are constants.
/// Conditions on a node are written once, against this class: a check of the model asks them with what the file says, a run with everything.
/// </summary>
internal class NodeFacts(Node node, IReadOnlyList<TensorType?> types, IReadOnlyList<Tensor?> values)
{
    public Node Node { get; } = node;

    public int Opset => Node.Opset;

    public Attributes Attributes => Node.Attributes;

    public int InputCount => types.Count;

    /// <summary>True when an input is given.</summary>
    public bool Has(int input) => input < types.Count && types[input] is not null;

    /// <summary>Type of a required input.</summary>
    public TensorType Type(int input) => Has(input) ? types[input]! : throw Malformed($"input {input} is missing");

    public DataType Element(int input) => Type(input).Element;

    public Shape Shape(int input) => Type(input).Shape;

    /// <summary>Value of an input that may be omitted; null when it is, or when it is not known yet.</summary>
    public virtual Tensor? Known(int input) => input < values.Count ? values[input] : null;

    /// <summary>True when the input is given but its value is not known yet.</summary>
    public bool Awaits(int input) => Has(input) && Known(input) is null;

    /// <summary>True when somebody reads the output.</summary>
    public bool Wants(int output) => output < Node.Outputs.Length && Node.Outputs[output].Length > 0;

    public long Int(string name, long absent) => Attributes.Int(name, absent);

    public bool Flag(string name, bool absent = false) => Attributes.Int(name, absent ? 1 : 0) != 0;

    public float Float(string name, float absent) => Attributes.Float(name, absent);

    public string Text(string name, string absent) => Attributes.Text(name, absent);

    public long[]? Ints(string name) => Attributes.Ints(name) is ImmutableArray<long> list ? [.. list] : null;

    /// <summary>An axis attribute counted from the front.</summary>
    public int AxisAttribute(long absent, int rank, string name = "axis") => Axis(Attributes.Int(name, absent), rank);

    /// <summary>An axis counted from the front.</summary>
    public int Axis(long axis, int rank)
    {
        long front = axis < 0 ? axis + rank : axis;
        return front >= 0 && front < rank ? (int)front : throw Malformed($"axis {axis} does not exist in rank {rank}");
    }

    /// <summary>Axes counted from the front, in the given order, without repetition.</summary>
    public int[] Axes(IEnumerable<long> axes, int rank)
    {
        int[] front = [.. axes.Select(axis => Axis(axis, rank))];
        return front.Distinct().Count() == front.Length ? front : throw Malformed($"axes ({string.Join(", ", front)}) repeat");
    }

    /// <summary>The integers of a list that is an input in newer operator sets and an attribute in older ones; null when neither is present or known.</summary>
    public long[]? InputOrAttribute(int input, string attribute) =>
        Known(input) is Tensor tensor ? Numbers.ToLongs(tensor) : Has(input) ? null : Ints(attribute);

    /// <summary>The error of a combination that the reference kernels lack.</summary>
    public UnsupportedOperatorException Unsupported(string reason) => new(Node.Operator, $"{reason} (node '{Node.Name}').");

    /// <summary>The error of a model that contradicts the operator's definition.</summary>
    public InvalidNodeException Malformed(string reason) => new(Node, reason);
}
