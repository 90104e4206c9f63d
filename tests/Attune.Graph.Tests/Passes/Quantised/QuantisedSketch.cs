using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Graph.Tests.Passes.Quantised;

/// <summary>Builds networks with conversions between floats and bytes, with seeded weights.</summary>
internal sealed class QuantisedSketch(int seed, int opset = 19)
{
    private readonly Random random = new(seed);
    private int next;

    public NetworkBuilder B { get; } = new($"quantised {seed}", opset);

    public float Scale() => 0.01f + (random.NextSingle() * 0.05f);

    public string Constant(Tensor tensor) => B.Constant($"c{next++}", tensor);

    public string Scalar<T>(T value) => Constant(Tensor.Scalar(value));

    public string Add(string operation, string[] operands, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        B.Add(operation, $"{operation.Split('.')[^1].ToLowerInvariant()}{next++}", operands, attributes);

    /// <summary>Unsigned bytes of a value and their floats.</summary>
    public string Pair(string value, float scale, byte zero) => Load(Store(value, scale, zero), scale, zero);

    public string Store<T>(string value, float scale, T zero) => Add("QuantizeLinear", [value, Scalar(scale), Scalar(zero)]);

    public string Load<T>(string value, float scale, T zero) => Add("DequantizeLinear", [value, Scalar(scale), Scalar(zero)]);

    public Tensor Signed(params long[] extents) => Tensor.Of(Shape.Of(extents), Numbers(extents, -127, 128, value => (sbyte)value));

    public Tensor Unsigned(params long[] extents) => Tensor.Of(Shape.Of(extents), Numbers(extents, 0, 256, value => (byte)value));

    public Tensor Scales(int count) => Tensor.Vector([.. Enumerable.Range(0, count).Select(_ => Scale() / 8)]);

    /// <summary>A convolution with signed weights and a scale for each output channel, and an integer bias.</summary>
    public string Convolution(string value, float scale, int from, int to, int kernel, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        Tensor steps = Scales(to);
        string w = Add("DequantizeLinear", [Constant(Signed(to, from, kernel, kernel)), Constant(steps)], ("axis", 0));
        string units = Constant(Tensor.Vector([.. steps.Elements<float>().Select(step => step * scale)]));
        string b = Add("DequantizeLinear", [Constant(Tensor.Vector(Numbers([to], -900, 900, number => number))), units], ("axis", 0));
        return Add("Conv", [value, w, b], attributes);
    }

    public Network Finish(params string[] outputs)
    {
        foreach (string output in outputs)
        {
            B.Output(output);
        }

        return B.Build();
    }

    private T[] Numbers<T>(long[] extents, int from, int to, Func<int, T> convert)
    {
        var numbers = new T[Shape.Of(extents).Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = convert(random.Next(from, to));
        }

        return numbers;
    }
}
