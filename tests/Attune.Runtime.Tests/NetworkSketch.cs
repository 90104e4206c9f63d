using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Runtime.Tests;

/// <summary>Builds small fused networks with seeded weights for tests; shapes are stated by the test, so nothing is inferred.</summary>
internal sealed class NetworkSketch(int seed)
{
    private readonly Random random = new(seed);
    private readonly List<NetworkValue> inputs = [];
    private readonly List<Node> nodes = [];
    private readonly Dictionary<string, Tensor> constants = [];
    private readonly Dictionary<string, TensorType> types = [];

    public string Input(string name, params long[] shape)
    {
        types[name] = new TensorType(DataType.Float32, Shape.Of(shape));
        inputs.Add(new NetworkValue(name, types[name]));
        return name;
    }

    public string Constant(string name, params long[] shape) => Constant(name, Random(Shape.Of(shape)));

    public string Constant(string name, Tensor tensor)
    {
        constants[name] = tensor;
        types[name] = tensor.Type;
        return name;
    }

    public Tensor Random(Shape shape)
    {
        var data = new float[shape.Count];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (random.NextSingle() * 2) - 1;
        }

        return Tensor.Of(shape, data);
    }

    public string Node(string op, string[] reads, long[] shape, Attributes? attributes = null, int opset = 13, DataType element = DataType.Float32)
    {
        string output = $"v{nodes.Count}";
        nodes.Add(new Node($"n{nodes.Count}_{op}", op, opset, [.. reads], [output], attributes ?? Attributes.None));
        types[output] = new TensorType(element, Shape.Of(shape));
        return output;
    }

    /// <summary>A node with several outputs, of which those without a shape are left out.</summary>
    public string[] Nodes(string op, string[] reads, long[]?[] shapes, Attributes attributes, int opset = 14)
    {
        string[] outputs = [.. shapes.Select((shape, i) => shape is null ? string.Empty : $"v{nodes.Count}.{i}")];
        nodes.Add(new Node($"n{nodes.Count}_{op}", op, opset, [.. reads], [.. outputs], attributes));
        foreach ((string output, long[]? shape) in outputs.Zip(shapes).Where(pair => pair.Second is not null))
        {
            types[output] = new TensorType(DataType.Float32, Shape.Of(shape!));
        }

        return outputs;
    }

    public (string First, string Second) Split(string x, long[] first, long[] second, long axis)
    {
        string output = $"v{nodes.Count}";
        (string, string) both = ($"{output}.first", $"{output}.second");
        nodes.Add(new Node(
            $"n{nodes.Count}_Split", "Split", 13, [x, Constant($"{output}.sizes", Tensor.Vector([first[axis], second[axis]]))], [both.Item1, both.Item2],
            Attributes.None.With("axis", axis)));
        types[both.Item1] = new TensorType(DataType.Float32, Shape.Of(first));
        types[both.Item2] = new TensorType(DataType.Float32, Shape.Of(second));
        return both;
    }

    public string Conv(
        string x, long[] y, long kernel, long stride = 1, long pad = 0, long group = 1, long dilation = 1, string activation = "relu", string residual = "")
    {
        Shape input = types[x].Shape;
        string w = Constant($"w{nodes.Count}", y[1], input.Dimensions[1] / group, kernel, kernel);
        string b = Constant($"b{nodes.Count}", y[1]);
        Attributes attributes = Attributes.None
            .With("kernel_shape", new[] { kernel, kernel }).With("strides", new[] { stride, stride }).With("dilations", new[] { dilation, dilation })
            .With("pads", new[] { pad, pad, pad, pad }).With("group", group).With(FusedOperators.Activation, activation);
        return Node(FusedOperators.Convolution, [x, w, b, residual], y, attributes, 1);
    }

    /// <summary>A convolution along one axis.</summary>
    public string Line(string x, long[] y, long kernel, long pad, string residual = "")
    {
        string w = Constant($"w{nodes.Count}", y[1], types[x].Shape.Dimensions[1], kernel);
        string b = Constant($"b{nodes.Count}", y[1]);
        Attributes attributes = Attributes.None
            .With("kernel_shape", new[] { kernel })
                .With("strides", new[] { 1L })
                .With("dilations", new[] { 1L })
                .With("pads", new[] { pad, pad })
                .With("group", 1L)
                .With(FusedOperators.Activation, "none");
        return Node(FusedOperators.Convolution, [x, w, b, residual], y, attributes, 1);
    }

    /// <summary>A transposed convolution over one or two axes, padded by half of its kernel where nothing else is said.</summary>
    public string Transposed(string x, long[] y, long kernel, long stride, long group = 1, long dilation = 1, Attributes? more = null)
    {
        int axes = y.Length - 2;
        long[] All(long number, int times) => [.. Enumerable.Repeat(number, times)];
        string w = Constant($"w{nodes.Count}", [types[x].Shape.Dimensions[1], y[1] / group, .. All(kernel, axes)]);
        string b = Constant($"b{nodes.Count}", y[1]);
        Attributes attributes = (more ?? Attributes.None.With("pads", All(kernel / 2, 2 * axes)))
            .With("kernel_shape", All(kernel, axes)).With("strides", All(stride, axes)).With("dilations", All(dilation, axes)).With("group", group);
        return Node("ConvTranspose", [x, w, b], y, attributes);
    }

    public string Dense(string x, long[] y, bool transposed = true, string activation = "none", string residual = "")
    {
        long depth = types[x].Shape[-1];
        string w = transposed ? Constant($"w{nodes.Count}", y[^1], depth) : Constant($"w{nodes.Count}", depth, y[^1]);
        string b = Constant($"b{nodes.Count}", y[^1]);
        return Node(FusedOperators.Dense, [x, w, b, residual], y, Attributes.None.With("transB", transposed).With(FusedOperators.Activation, activation), 1);
    }

    /// <summary>Outputs of a network that is finished without naming them.</summary>
    public string[] Wanted { get; set; } = [];

    public Network Finish() => Finish(Wanted);

    public Network Finish(params string[] outputs) => new(
        "sketch",
        [.. inputs],
        [.. outputs.Select(o => new NetworkValue(o, types[o]))],
        [.. nodes],
        constants.ToImmutableDictionary(),
        types.ToImmutableDictionary());
}
