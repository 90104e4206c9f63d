using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Compile.Compute;

/// <summary>
/// Writes a network in which some values and weights are brain floats for a moment: values go through a Cast to brain floats and one back, weights are rounded.
/// Plans leave out casts that their kernels do themselves. Not thread-safe.
/// </summary>
/// <param name="network">The network as it is, of operator set 13 or newer.</param>
/// <param name="isSketch">True where weights have no values: zeros stand for them, which brain floats hold.</param>
internal sealed class BrainFloatRounding(Network network, bool isSketch = false)
{
    // Casts know brain floats since this operator set.
    private const int Opset = 13;

    private readonly ImmutableDictionary<string, Tensor>.Builder constants = network.Constants.ToBuilder();
    private readonly ImmutableDictionary<string, TensorType>.Builder types = network.Types.ToBuilder();
    private readonly ImmutableArray<Node>.Builder nodes = ImmutableArray.CreateBuilder<Node>();
    private readonly Dictionary<string, string> rounded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> weights = new(StringComparer.Ordinal);

    /// <summary>Adds a node behind those before it.</summary>
    public void Add(Node node) => nodes.Add(node);

    /// <summary>What a value is called after it was rounded; null for one that was not.</summary>
    public string? Find(string value) => rounded.GetValueOrDefault(value);

    /// <summary>The rounded value; its casts are added here unless they were before.</summary>
    public string Value(string value)
    {
        if (!rounded.TryGetValue(value, out string? real))
        {
            Shape shape = network.TypeOf(value).Shape;
            string brain = Named($"{value}.bf16", new TensorType(DataType.BFloat16, shape));
            rounded[value] = real = Named($"{value}.rounded", new TensorType(DataType.Float32, shape));
            nodes.Add(new Node(brain, "Cast", Opset, [value], [brain], Attributes.None.With("to", (long)DataType.BFloat16)));
            nodes.Add(new Node(real, "Cast", Opset, [brain], [real], Attributes.None.With("to", (long)DataType.Float32)));
        }

        return real;
    }

    /// <summary>The rounded weights: floats whose lower halves are zeros.</summary>
    public string Weights(string name)
    {
        if (!weights.TryGetValue(name, out string? held))
        {
            Tensor given = network.Constants[name];
            Tensor tensor = isSketch
                ? Tensor.Zeros(DataType.Float32, given.Shape)
                : Tensor.Of(given.Shape, Array.ConvertAll(given.Elements<float>(), number => BFloat16.FromSingle(number).ToSingle()));
            weights[name] = held = Named($"{name}.bf16", tensor.Type);
            constants.Add(held, tensor);
        }

        return held;
    }

    /// <summary>The network of the nodes that were added, without weights that nobody reads any more.</summary>
    public Network Build()
    {
        HashSet<string> read = [.. nodes.SelectMany(node => node.Inputs), .. network.Outputs.Select(output => output.Name)];
        string[] unread = [.. weights.Keys.Where(name => !read.Contains(name))];
        return network with
        {
            Nodes = nodes.ToImmutable(),
            Constants = constants.ToImmutable().RemoveRange(unread),
            Types = types.ToImmutable().RemoveRange(unread),
        };
    }

    private string Named(string wanted, TensorType type)
    {
        string name = UnusedName.Of(wanted, types.ContainsKey);
        types.Add(name, type);
        return name;
    }
}
