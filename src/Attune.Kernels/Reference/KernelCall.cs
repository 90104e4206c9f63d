using System.Collections.Immutable;

namespace Attune.Kernels.Reference;

/// <summary>One application of an operator: the node, its inputs, and access to both that turns malformed models into messages that name the node.</summary>
internal sealed class KernelCall(Node node, IReadOnlyList<Tensor?> inputs)
{
    public Node Node { get; } = node;

    public int Opset => Node.Opset;

    public Attributes Attributes => Node.Attributes;

    public int InputCount => inputs.Count;

    /// <summary>A required input.</summary>
    public Tensor Input(int index) => Optional(index) ?? throw Malformed($"input {index} is missing");

    /// <summary>An input that may be omitted.</summary>
    public Tensor? Optional(int index) => index < inputs.Count ? inputs[index] : null;

    /// <summary>All inputs of a variadic operator.</summary>
    public Tensor[] AllInputs() => [.. Enumerable.Range(0, InputCount).Select(Input)];

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

    /// <summary>The integers of a list that is an input in newer operator sets and an attribute in older ones; null when neither is present.</summary>
    public long[]? InputOrAttribute(int input, string attribute) =>
        Optional(input) is Tensor tensor ? Numbers.ToLongs(tensor) : Ints(attribute);

    /// <summary>The error of a combination that the reference kernels lack.</summary>
    public UnsupportedOperatorException Unsupported(string reason) => new(Node.Operator, $"{reason} (node '{Node.Name}').");

    /// <summary>The error of a model that contradicts the operator's definition.</summary>
    public ArgumentException Malformed(string reason) => new($"Node '{Node.Name}' ({Node.Operator}): {reason}.");
}
