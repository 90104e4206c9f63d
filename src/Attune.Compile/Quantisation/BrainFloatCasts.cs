using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Compile.Quantisation;

/// <summary>
/// Makes single layers of a network multiply brain floats: what they read goes through a Cast to brain floats and one back, and their weights are rounded. The
/// plan leaves out casts that its kernels do themselves. Stateless.
/// </summary>
internal static class BrainFloatCasts
{
    /// <summary>Why such a layer is not on bytes.</summary>
    public const string Reason = "it multiplies brain floats";

    // Casts know brain floats since this operator set.
    private const int Opset = 13;

    /// <summary>Adds the casts.</summary>
    /// <param name="network">A network before all passes, of operator set 13 or newer.</param>
    /// <param name="layers">Names of convolutions and matrix products with constant weights of floats; others are left alone.</param>
    public static Network Apply(Network network, ImmutableArray<string> layers)
    {
        if (layers.IsEmpty)
        {
            return network;
        }

        HashSet<string> wanted = [.. layers];
        ImmutableDictionary<string, Tensor>.Builder constants = network.Constants.ToBuilder();
        ImmutableDictionary<string, TensorType>.Builder types = network.Types.ToBuilder();
        ImmutableArray<Node>.Builder nodes = ImmutableArray.CreateBuilder<Node>();
        var rounded = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Node node in network.Nodes)
        {
            if (!wanted.Contains(node.Name) || !network.Constants.TryGetValue(node.Inputs[1], out Tensor? weights) || weights.Element != DataType.Float32)
            {
                nodes.Add(node);
                continue;
            }

            nodes.Add(node with { Inputs = node.Inputs.SetItem(0, Activation(node.Inputs[0])).SetItem(1, Weights(node.Inputs[1], weights)) });
        }

        Network result = network with { Nodes = nodes.ToImmutable(), Constants = constants.ToImmutable(), Types = types.ToImmutable() };
        HashSet<string> read = [.. result.Nodes.SelectMany(node => node.Inputs), .. result.Outputs.Select(output => output.Name)];
        string[] unread = [.. rounded.Keys.Where(name => constants.ContainsKey(name) && !read.Contains(name))];
        return result with { Constants = result.Constants.RemoveRange(unread), Types = result.Types.RemoveRange(unread) };

        string Activation(string value)
        {
            if (!rounded.TryGetValue(value, out string? real))
            {
                Shape shape = network.TypeOf(value).Shape;
                string brain = Add($"{value}.bf16", new TensorType(DataType.BFloat16, shape));
                rounded[value] = real = Add($"{value}.rounded", new TensorType(DataType.Float32, shape));
                nodes.Add(new Node(brain, "Cast", Opset, [value], [brain], Attributes.None.With("to", (long)DataType.BFloat16)));
                nodes.Add(new Node(real, "Cast", Opset, [brain], [real], Attributes.None.With("to", (long)DataType.Float32)));
            }

            return real;
        }

        string Weights(string name, Tensor weights)
        {
            if (!rounded.TryGetValue(name, out string? held))
            {
                Tensor tensor = Tensor.Of(weights.Shape, Array.ConvertAll(weights.Elements<float>(), number => BFloat16.FromSingle(number).ToSingle()));
                rounded[name] = held = Add($"{name}.bf16", tensor.Type);
                constants.Add(held, tensor);
            }

            return held;
        }

        string Add(string wantedName, TensorType type)
        {
            string name = UnusedName.Of(wantedName, types.ContainsKey);
            types.Add(name, type);
            return name;
        }
    }
}
