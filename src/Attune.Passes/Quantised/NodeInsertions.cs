using Attune.Kernels;

namespace Attune.Passes.Quantised;

/// <summary>
/// Nodes to put between those of an editor. The editor does not see them: it answers questions about the network as it was, with what was replaced since.
/// Not thread-safe; one for each run of a pass.
/// </summary>
internal sealed class NodeInsertions
{
    private readonly NetworkEditor editor;
    private readonly Dictionary<int, List<Node>> before = [];
    private readonly Dictionary<int, List<Node>> after = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<float, string> scales = [];
    private readonly Dictionary<(DataType Element, int Zero), string> zeros = [];

    public NodeInsertions(NetworkEditor editor)
    {
        this.editor = editor;
        for (int i = 0; i < editor.Count; i++)
        {
            if (editor[i] is { } node)
            {
                names.Add(node.Name);
            }
        }
    }

    /// <summary>Operator set of the nodes that are put in: the first in which conversions have an axis.</summary>
    public const int Opset = 13;

    /// <summary>Name of a constant that holds a scale.</summary>
    public string ScaleOf(ByteScale bytes)
    {
        if (!scales.TryGetValue(bytes.Scale, out string? name))
        {
            scales[bytes.Scale] = name = editor.AddConstant("bytes.scale", Tensor.Scalar(bytes.Scale));
        }

        return name;
    }

    /// <summary>Name of a constant that holds a zero point.</summary>
    public string ZeroOf(ByteScale bytes)
    {
        if (!zeros.TryGetValue((bytes.Element, bytes.Zero), out string? name))
        {
            zeros[(bytes.Element, bytes.Zero)] = name = editor.AddConstant("bytes.zero", bytes.ZeroPoint);
        }

        return name;
    }

    /// <summary>The same conversion with parameters of one number each, spelt out.</summary>
    public Node With(Node conversion, ByteScale bytes) =>
        conversion with { Inputs = [conversion.Inputs[0], ScaleOf(bytes), ZeroOf(bytes)], Attributes = Attributes.None };

    /// <summary>Puts a load of bytes before or after a position; returns the name of the floats.</summary>
    public string Load(int position, bool behind, string value, ByteScale bytes)
    {
        string real = editor.NewValue($"{value}.real", new TensorType(DataType.Float32, editor.TypeOf(value)!.Shape));
        Put(position, behind, new Node(NameOf($"{value}.load"), "DequantizeLinear", Opset, [value, ScaleOf(bytes), ZeroOf(bytes)], [real], Attributes.None));
        return real;
    }

    /// <summary>Puts a load of bytes, with one scale and zero point that are computed, before a position; returns the name of the floats.</summary>
    public string LoadWith(int position, string value, string scale, string zero)
    {
        string real = editor.NewValue($"{value}.real", new TensorType(DataType.Float32, editor.TypeOf(value)!.Shape));
        Put(position, behind: false, new Node(NameOf($"{value}.load"), "DequantizeLinear", Opset, [value, scale, zero], [real], Attributes.None));
        return real;
    }

    /// <summary>Puts a load of constant weights, with parameters as they are given, before a position; returns the name of the floats.</summary>
    public string LoadWeights(int position, string value, string scale, string zero, int axis)
    {
        string real = editor.NewValue($"{value}.real", new TensorType(DataType.Float32, editor.TypeOf(value)!.Shape));
        string[] inputs = zero.Length > 0 ? [value, scale, zero] : [value, scale];
        Attributes attributes = Attributes.None.With("axis", axis);
        Put(position, behind: false, new Node(NameOf($"{value}.load"), "DequantizeLinear", Opset, [.. inputs], [real], attributes));
        return real;
    }

    /// <summary>Puts a store of floats behind a position, under the given name of its bytes.</summary>
    public void Store(int position, string real, string value, ByteScale bytes) =>
        Put(
            position,
            behind: true,
            new Node(NameOf($"{value}.store"), "QuantizeLinear", Opset, [real, ScaleOf(bytes), ZeroOf(bytes)], [value], Attributes.None));

    /// <summary>The network with everything in place.</summary>
    public Network Build()
    {
        var result = new List<Node>(editor.Count);
        for (int i = 0; i < editor.Count; i++)
        {
            result.AddRange(before.GetValueOrDefault(i) ?? []);
            if (editor[i] is { } node)
            {
                result.Add(node);
            }

            result.AddRange(after.GetValueOrDefault(i) ?? []);
        }

        return editor.Build(result);
    }

    private void Put(int position, bool behind, Node node)
    {
        Dictionary<int, List<Node>> place = behind ? after : before;
        if (!place.TryGetValue(position, out List<Node>? list))
        {
            place.Add(position, list = []);
        }

        list.Add(node);
    }

    private string NameOf(string wanted) =>
        UnusedName.Of(wanted, known => !names.Add(known));
}
