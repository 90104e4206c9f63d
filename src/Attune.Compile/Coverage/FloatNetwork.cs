using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Compile.Coverage;

/// <summary>
/// A network as it would be with 32-bit floats in place of other floats. It is planned, not run: rounding differs, which decides nothing about which kernels
/// take it.
/// </summary>
public static class FloatNetwork
{
    /// <summary>The converted network; null when it has no other floats.</summary>
    public static Network? Of(Network network)
    {
        if (!network.Types.Values.Any(type => IsOther(type.Element)))
        {
            return null;
        }

        ImmutableDictionary<string, Tensor>.Builder constants = network.Constants.ToBuilder();
        foreach ((string name, Tensor tensor) in network.Constants)
        {
            constants[name] = Converted(tensor);
        }

        var nodes = ImmutableArray.CreateBuilder<Node>(network.Nodes.Length);
        ImmutableDictionary<string, TensorType> types = network.Types.ToImmutableDictionary(pair => pair.Key, pair => Converted(pair.Value));
        foreach (Node node in network.Nodes)
        {
            if (node.Operator == "Constant" && node.Attributes.Tensor("value") is { } value && IsOther(value.Element))
            {
                constants[node.Outputs[0]] = Converted(value);
                continue;
            }

            // A conversion from one float to another is none any more.
            bool between = node.Operator is "Cast" or "CastLike"
                && node.Inputs.Append(node.Outputs[0]).Distinct().Count(name => types.GetValueOrDefault(name)?.Element == DataType.Float32) >= 2;
            nodes.Add(between ? node with { Operator = "Identity", Inputs = [node.Inputs[0]], Attributes = Attributes.None } : node);
        }

        return network with
        {
            Inputs = [.. network.Inputs.Select(input => input with { Type = Converted(input.Type) })],
            Outputs = [.. network.Outputs.Select(output => output with { Type = Converted(output.Type) })],
            Nodes = nodes.ToImmutable(),
            Constants = constants.ToImmutable(),
            Types = types,
        };
    }

    private static bool IsOther(DataType element) => element is DataType.Float16 or DataType.BFloat16 or DataType.Float64;

    private static TensorType Converted(TensorType type) => IsOther(type.Element) ? type with { Element = DataType.Float32 } : type;

    private static Tensor Converted(Tensor tensor) => tensor.Data switch
    {
        Half[] halves => Tensor.Of(tensor.Shape, Array.ConvertAll(halves, value => (float)value)),
        BFloat16[] brains => Tensor.Of(tensor.Shape, Array.ConvertAll(brains, value => value.ToSingle())),
        double[] doubles => Tensor.Of(tensor.Shape, Array.ConvertAll(doubles, value => (float)value)),
        _ => tensor,
    };
}
