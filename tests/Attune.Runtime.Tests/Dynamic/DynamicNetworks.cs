using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Runtime.Tests.Dynamic;

/// <summary>Networks without types, as a model file gives them before its shapes are known.</summary>
internal static class DynamicNetworks
{
    public static Network Of(string[] inputs, string[] outputs, Node[] nodes, params ReadOnlySpan<(string Name, Tensor Value)> constants)
    {
        ImmutableDictionary<string, Tensor>.Builder known = ImmutableDictionary.CreateBuilder<string, Tensor>();
        foreach ((string name, Tensor value) in constants)
        {
            known.Add(name, value);
        }

        return new Network(
            "net", [.. inputs.Select(Value)], [.. outputs.Select(Value)], [.. nodes], known.ToImmutable(), ImmutableDictionary<string, TensorType>.Empty);
    }

    public static Node Op(string op, string[] inputs, string[] outputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        Attributes all = Attributes.None;
        foreach ((string name, object value) in attributes)
        {
            all = all.With(name, value);
        }

        return new Node($"n_{outputs[0]}", op, 17, [.. inputs], [.. outputs], all);
    }

    public static Tensor Numbers(int seed, params ReadOnlySpan<long> extents)
    {
        var random = new Random(seed);
        var shape = Shape.Of(extents);
        return Tensor.Of(shape, Enumerable.Range(0, (int)shape.Count).Select(_ => (random.NextSingle() * 2) - 1).ToArray());
    }

    private static NetworkValue Value(string name) => new(name, new TensorType(DataType.Undefined, Shape.Scalar));
}
