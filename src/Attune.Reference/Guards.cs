using Attune.Kernels;

namespace Attune.Reference;

/// <summary>Conditions that many operators share.</summary>
internal static class Guards
{
    /// <summary>The first inputs are there; of whatever type.</summary>
    public static Guard Inputs(int count) => node => Present(node, count);

    /// <summary>Refuses a node whose first inputs are not all there.</summary>
    public static void Present(NodeFacts node, int count)
    {
        for (int input = 0; input < count; input++)
        {
            node.Type(input);
        }
    }

    /// <summary>An input of single or double precision.</summary>
    public static DataType Real(NodeFacts node, int input) =>
        Numbers.IsFloat(node.Element(input)) ? node.Element(input) : throw node.Unsupported($"elements of {node.Element(input)}");

    /// <summary>An input of floats or integers.</summary>
    public static DataType Number(NodeFacts node, int input) =>
        Numbers.IsFloat(node.Element(input)) || Numbers.IsInteger(node.Element(input))
            ? node.Element(input)
            : throw node.Unsupported($"elements of {node.Element(input)}");

    /// <summary>An input with numbers or truth values, not text.</summary>
    public static void NotText(NodeFacts node, params ReadOnlySpan<int> inputs)
    {
        foreach (int input in inputs)
        {
            if (node.Has(input) && node.Element(input) == DataType.String)
            {
                throw node.Unsupported("elements of String");
            }
        }
    }

    /// <summary>An input of truth values.</summary>
    public static void Truth(NodeFacts node, int input)
    {
        if (node.Element(input) != DataType.Bool)
        {
            throw node.Malformed($"input {input} must hold Bool, not {node.Element(input)}");
        }
    }

    /// <summary>An input of 32- or 64-bit integers.</summary>
    public static void Index(NodeFacts node, int input)
    {
        if (node.Element(input) is not (DataType.Int32 or DataType.Int64))
        {
            throw node.Malformed($"input {input} must hold Int32 or Int64, not {node.Element(input)}");
        }
    }

    /// <summary>An input that, if given, is one number.</summary>
    public static void One(NodeFacts node, int input)
    {
        if (node.Has(input) && node.Shape(input).Count != 1)
        {
            throw node.Malformed($"input {input} must be one number, not {node.Shape(input)}");
        }
    }

    /// <summary>Two inputs of one element type.</summary>
    public static DataType Same(NodeFacts node, int a, int b) =>
        node.Element(a) == node.Element(b) ? node.Element(a) : throw node.Malformed($"operands of {node.Element(a)} and {node.Element(b)} do not mix");

    /// <summary>The common shape of inputs that broadcast.</summary>
    public static Shape Broadcast(NodeFacts node, params ReadOnlySpan<int> inputs)
    {
        Shape shape = node.Shape(inputs[0]);
        foreach (int input in inputs[1..])
        {
            Shape other = node.Shape(input);
            shape = Indexing.Join(shape, other) ?? throw node.Malformed($"shapes {shape} and {other} do not broadcast");
        }

        return shape;
    }

    /// <summary>An input that can be stretched to a shape.</summary>
    public static void Stretches(NodeFacts node, int input, Shape to)
    {
        if (node.Has(input) && !to.Equals(Indexing.Join(node.Shape(input), to)))
        {
            throw node.Malformed($"input {input} of shape {node.Shape(input)} does not stretch to {to}");
        }
    }

    /// <summary>A text attribute that is one of a few.</summary>
    public static string Choice(NodeFacts node, string name, string absent, params ReadOnlySpan<string> known)
    {
        string value = node.Text(name, absent);
        return known.Contains(value) ? value : throw node.Malformed($"{name} '{value}' is none of {string.Join(", ", known.ToArray())}");
    }

    /// <summary>An input of at least so many axes.</summary>
    public static Shape Rank(NodeFacts node, int input, int min) =>
        node.Shape(input).Rank >= min ? node.Shape(input) : throw node.Malformed($"input {input} of shape {node.Shape(input)} needs at least {min} axes");
}
