using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Compile.Tests.Quantisation.Equalisation;

/// <summary>Small networks of layers one behind the other, with weights that a test gives or random ones.</summary>
internal sealed class ChainNetwork(int seed)
{
    private readonly Random random = new(seed);

    public NetworkBuilder Builder { get; } = new("chain", 13);

    /// <summary>A convolution; the weights of every channel made are multiplied by a factor of its own.</summary>
    public string Convolution(string name, string x, int from, int to, int kernel = 3, int groups = 1, Func<int, float>? factor = null)
    {
        int inner = from / groups * kernel * kernel;
        float[] weights = [.. Enumerable.Range(0, to * inner).Select(i => Number() * (factor?.Invoke(i / inner) ?? 1))];
        long pad = kernel / 2;
        return Builder.Add(
            "Conv",
            name,
            [x, Builder.Constant($"{name}.w", Tensor.Of(Shape.Of(to, from / groups, kernel, kernel), weights)), Bias(name, to, factor)],
            ("pads", new long[] { pad, pad, pad, pad }),
            ("group", (long)groups));
    }

    /// <summary>A matrix product with a bias, its weights stored either way round.</summary>
    public string Gemm(string name, string x, int from, int to, bool transposed)
    {
        var shape = transposed ? Shape.Of(to, from) : Shape.Of(from, to);
        float[] weights = [.. Enumerable.Range(0, from * to).Select(i => Number() * MathF.Pow(4, (transposed ? i / from : i % to) % 4))];
        return Builder.Add(
            "Gemm", name, [x, Builder.Constant($"{name}.w", Tensor.Of(shape, weights)), Bias(name, to, null)], ("transB", transposed ? 1L : 0));
    }

    private string Bias(string name, int to, Func<int, float>? factor) =>
        Builder.Constant($"{name}.b", Tensor.Vector([.. Enumerable.Range(0, to).Select(i => Number() * (factor?.Invoke(i) ?? 1))]));

    private float Number() => (random.NextSingle() * 2) - 1;
}
