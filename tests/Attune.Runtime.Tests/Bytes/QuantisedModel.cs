using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Passes;

namespace Attune.Runtime.Tests.Bytes;

/// <summary>Writes small quantised networks as exporters do: loads and stores around operators on floats, weights of signed bytes.</summary>
internal sealed class QuantisedModel(int seed)
{
    /// <summary>Distance of neighbouring numbers of every activation unless it says otherwise.</summary>
    public const float Scale = 0.05f;

    private readonly Random random = new(seed);
    private readonly NetworkBuilder builder = new($"quantised {seed}", 19);
    private int next;

    public string Input(params long[] extents) => builder.Input("x", extents);

    public string Node(string operation, string[] operands, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        builder.Add(operation, $"{operation.ToLowerInvariant()}{next++}", operands, attributes);

    /// <summary>The numbers that bytes of a value stand for.</summary>
    public string Pair(string value, float scale = Scale, byte zero = 128) => Load(Store(value, scale, zero), scale, zero);

    public string Store(string value, float scale = Scale, byte zero = 128) => Node("QuantizeLinear", [value, Scalar(scale), Scalar(zero)]);

    public string Load(string value, float scale = Scale, byte zero = 128) => Node("DequantizeLinear", [value, Scalar(scale), Scalar(zero)]);

    public string Convolution(string x, int from, int to, int kernel, long stride = 1, int group = 1, float scale = Scale)
    {
        float[] steps = [.. Enumerable.Range(0, to).Select(_ => 0.002f + (0.004f * random.NextSingle()))];
        string w = Node(
            "DequantizeLinear", [Constant(Tensor.Of(Shape.Of(to, from / group, kernel, kernel), Bytes(to * from / group * kernel * kernel))), Vector(steps)],
            ("axis", 0));
        string b = Node(
            "DequantizeLinear",
            [
                Constant(Tensor.Vector<int>([.. steps.Select(_ => random.Next(-2000, 2000))])),
                Vector([.. steps.Select(step => step * scale)]),
            ],
            ("axis", 0));
        long pad = kernel / 2;
        return Node("Conv", [x, w, b], ("pads", new[] { pad, pad, pad, pad }), ("strides", new[] { stride, stride }), ("group", group));
    }

    public string Product(string x, int from, int to)
    {
        float[] steps = [.. Enumerable.Range(0, to).Select(_ => 0.002f + (0.004f * random.NextSingle()))];
        string w = Node("DequantizeLinear", [Constant(Tensor.Of(Shape.Of(from, to), Bytes(from * to))), Vector(steps)], ("axis", 1));
        return Node("MatMul", [x, w]);
    }

    /// <summary>Bytes of a value, their scale and their zero, found when the network runs.</summary>
    public string[] Dynamic(string value) => builder.Add(
        "DynamicQuantizeLinear", $"dynamic{next++}", [value], [$"bytes{next}", $"scale{next}", $"zero{next}"]);

    /// <summary>A product of such bytes, as exporters write it.</summary>
    public string DynamicProduct(string[] stored, int from, int to, bool biased)
    {
        float[] steps = [.. Enumerable.Range(0, to).Select(_ => 0.002f + (0.004f * random.NextSingle()))];
        string integers = Node("MatMulInteger", [stored[0], Constant(Tensor.Of(Shape.Of(from, to), Bytes(from * to))), stored[2]]);
        string product = Node("Mul", [Node("Cast", [integers], ("to", 1)), Node("Mul", [stored[1], Vector(steps)])]);
        return biased ? Node("Add", [product, Numbers(to)]) : product;
    }

    /// <summary>A convolution of such bytes, as exporters write it.</summary>
    public string DynamicConvolution(string[] stored, int from, int to, int kernel, long pad, bool biased, long stride = 1, int group = 1)
    {
        float[] steps = [.. Enumerable.Range(0, to).Select(_ => 0.002f + (0.004f * random.NextSingle()))];
        string w = Constant(Tensor.Of(Shape.Of(to, from / group, kernel, kernel), Bytes(to * from / group * kernel * kernel)));
        string integers = Node(
            "ConvInteger", [stored[0], w, stored[2]], ("pads", new[] { pad, pad, pad, pad }), ("strides", new[] { stride, stride }), ("group", group));
        string scales = Node("Mul", [stored[1], Channels(steps)]);
        string sums = Node("Mul", [Node("Cast", [integers], ("to", 1)), scales]);
        return biased ? Node("Add", [sums, Channels([.. steps.Select(_ => random.NextSingle() - 0.5f)])]) : sums;
    }

    /// <summary>A convolution of integers whose scale and zero point are constants.</summary>
    public string IntegerConvolution(string bytes, byte zero, int from, int to, int kernel)
    {
        string w = Constant(Tensor.Of(Shape.Of(to, from, kernel, kernel), Bytes(to * from * kernel * kernel)));
        long pad = kernel / 2;
        string integers = Node("ConvInteger", [bytes, w, Scalar(zero)], ("pads", new[] { pad, pad, pad, pad }));
        return Node("Mul", [Node("Cast", [integers], ("to", 1)), Channels([.. Enumerable.Range(0, to).Select(_ => 1e-4f + (1e-4f * random.NextSingle()))])]);
    }

    /// <summary>Every pixel several times.</summary>
    public string Enlarged(string x, float down, float across) => Node(
        "Resize", [x, string.Empty, Vector([1, 1, down, across])], ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));

    public string Extents(params long[] extents) => Constant(Tensor.Vector(extents));

    public string Numbers(int count) => Vector([.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)]);

    /// <summary>The network, as tuning and running take it.</summary>
    public Network Finish(params string[] outputs)
    {
        foreach (string output in outputs)
        {
            builder.Output(output);
        }

        return PassPipeline.Default.Run(builder.Build());
    }

    private string Constant(Tensor tensor) => builder.Constant($"c{next++}", tensor);

    private string Vector(float[] values) => Constant(Tensor.Vector(values));

    private string Channels(float[] values) => Constant(Tensor.Of(Shape.Of(values.Length, 1, 1), values));

    private string Scalar<T>(T value) => Constant(Tensor.Scalar(value));

    private sbyte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(_ => (sbyte)random.Next(-127, 128))];
}
