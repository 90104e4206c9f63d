using System.Diagnostics.CodeAnalysis;
using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>What a rule sees of one node: attributes, types of the inputs, and the values of those inputs that are constants.</summary>
internal sealed class InferenceContext(Node node, IReadOnlyList<TensorType?> inputs, IReadOnlyList<Tensor?> constants)
{
    public Node Node => node;

    public int Opset => node.Opset;

    public Attributes Attributes => node.Attributes;

    public int InputCount => inputs.Count;

    public bool Has(int index) => index < inputs.Count && inputs[index] is not null;

    public TensorType In(int index) => Has(index) ? inputs[index]! : throw new InferenceException($"Input {index} is missing.");

    public DataType Element(int index) => In(index).Element;

    public Shape Shape(int index) => In(index).Shape;

    public long[] Extents(int index) => [.. In(index).Shape.Dimensions];

    /// <summary>The input's extents, of which there must be at least so many.</summary>
    public long[] Extents(int index, int minimumRank)
    {
        long[] extents = Extents(index);
        return extents.Length >= minimumRank ? extents : throw Fail($"Input {index} of shape {In(index).Shape} needs rank {minimumRank} or more.");
    }

    public Tensor? Constant(int index) => index < constants.Count ? constants[index] : null;

    /// <summary>The values of a constant integer input; null when the input is not constant.</summary>
    public long[]? Integers(int index) => Constant(index) switch
    {
        null => null,
        { Element: DataType.Int64 } tensor => tensor.Elements<long>(),
        { Element: DataType.Int32 } tensor => Array.ConvertAll(tensor.Elements<int>(), value => (long)value),
        { } tensor => throw Fail($"Input {index} must hold integers, not {tensor.Element}."),
    };

    /// <summary>One constant integer; null when the input is not constant.</summary>
    public long? Integer(int index)
    {
        long[]? values = Integers(index);
        return values is null ? null : values.Length == 1 ? values[0] : throw Fail($"Input {index} must be one number.");
    }

    /// <summary>
    /// A list that older operator sets keep in an attribute and newer ones in an input: present and known, present and unknown (null with true), or absent.
    /// </summary>
    public bool TryIntegers(string attribute, int input, out long[]? values)
    {
        if (Attributes.Ints(attribute) is { } list)
        {
            values = [.. list];
            return true;
        }

        values = Has(input) ? Integers(input) : null;
        return Has(input);
    }

    /// <summary>A non-negative axis of a rank.</summary>
    public int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw Fail($"Axis {axis} is outside a tensor of rank {rank}.");

    public InferenceException Fail(string message) => new(message);

    public void Require([DoesNotReturnIf(false)] bool condition, string message)
    {
        if (!condition)
        {
            throw Fail(message);
        }
    }

    /// <summary>One output of an element type and extents.</summary>
    public TensorType[] Result(DataType element, params ReadOnlySpan<long> extents)
    {
        foreach (long extent in extents)
        {
            Require(extent >= 0, $"The result would have the extent {extent}; the inputs are {string.Join(", ", inputs)}.");
        }

        return [new TensorType(element, Kernels.Shape.Of(extents))];
    }
}
