using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Passes.Tests;

/// <summary>Networks with the types that inference gives, some of which only a run tells.</summary>
internal static class LateNetworks
{
    public static Network Of(string[] outputs, params Node[] nodes)
    {
        var input = new NetworkValue("x", new TensorType(DataType.Float32, Shape.Of(4)));
        Network typed = ShapeInference.Run(new Network(
            "net", [input], [], [.. nodes],
            ImmutableDictionary<string, Tensor>.Empty.Add("k", Tensor.Vector(2f)), ImmutableDictionary<string, TensorType>.Empty));
        var unknown = new TensorType(DataType.Undefined, Shape.Scalar);
        return typed with { Outputs = [.. outputs.Select(name => new NetworkValue(name, typed.Types.GetValueOrDefault(name) ?? unknown))] };
    }

    public static Node Op(string op, string[] inputs, string output, Attributes? attributes = null) =>
        new($"n_{output}", op, 17, [.. inputs], [output], attributes ?? Attributes.None);

    public static Network Body(string[] inputs, string output, params Node[] nodes) => new(
        "body", [.. inputs.Select(Value)], [Value(output)], [.. nodes], ImmutableDictionary<string, Tensor>.Empty,
        ImmutableDictionary<string, TensorType>.Empty);

    private static NetworkValue Value(string name) => new(name, new TensorType(DataType.Float32, Shape.Of(4)));
}
