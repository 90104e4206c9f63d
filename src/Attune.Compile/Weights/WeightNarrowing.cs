using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Runtime.Files.Json;
using Attune.Runtime.Plan;
using Attune.Runtime.Weights;

namespace Attune.Compile.Weights;

/// <summary>
/// Stores the weights of dense layers and 1x1 convolutions of one group in a narrow format. The network itself says so afterwards: such a node's weights are
/// halves or bytes and a fifth input holds their scales, so the file, the tasks and the kernels need no other word for it. Layers of quantised networks, which
/// compute on bytes, have weights of bytes from their model; those are left alone. Stateless.
/// </summary>
public static class WeightNarrowing
{
    // Which nodes have a template does not depend on the vector width.
    private static readonly KernelTarget AnyTarget = new() { Lanes = 8 };

    /// <summary>Rounds the weights of all layers that can use a format.</summary>
    /// <param name="network">A fused network whose weights are 32-bit floats, except those of its quantised layers.</param>
    /// <param name="format">The format; F32 returns the network as it is.</param>
    /// <exception cref="ArgumentException">Weights of the network are narrow already: rounding twice would add up errors.</exception>
    public static NarrowedNetwork Apply(Network network, WeightFormat format) => Apply(network, format, _ => format);

    /// <summary>Rounds the weights of every layer that can use the format chosen for it: a quantisation policy.</summary>
    /// <param name="network">A fused network whose weights are 32-bit floats.</param>
    /// <param name="formatOf">Format for the weights of a node, by its name. Layers that share weights get the first one's.</param>
    /// <exception cref="ArgumentException">Weights of the network are narrow already: rounding twice would add up errors.</exception>
    public static NarrowedNetwork Apply(Network network, Func<string, WeightFormat> formatOf) =>
        Apply(network, network.Nodes.Where(NarrowWeights.IsWeighted).Select(node => formatOf(node.Name)).Append(WeightFormat.F32).Max(), formatOf);

    private static NarrowedNetwork Apply(Network network, WeightFormat format, Func<string, WeightFormat> formatOf)
    {
        long before = BytesOf(network);
        if (format == WeightFormat.F32)
        {
            return new NarrowedNetwork(network, format, [], [], before, before);
        }

        if (FormatOf(network) is var present and not WeightFormat.F32)
        {
            throw new ArgumentException(
                $"The weights of '{network.Name}' are stored as {WeightFormats.NameOf(present)} already; start from the original model.", nameof(network));
        }

        HashSet<string> quantised = [.. Quantised(network).Select(node => node.Name)];
        HashSet<string> candidates = [.. ExecutionPlan.Create(network, AnyTarget).Steps
            .Where(step => step.Plan is { Step: StepKind.Convolution, Workload.AllowsNarrowWeights: true } plan && plan.Node.Attributes.Int("group", 1) == 1)
            .Select(step => step.Plan!.Node.Name)
            .Where(node => !quantised.Contains(node))
            .Where(node => formatOf(node) != WeightFormat.F32)];
        var run = new Run(network, formatOf);
        ImmutableArray<Node> nodes = [.. network.Nodes.Select(node => candidates.Contains(node.Name) ? run.Narrow(node) : node)];
        Network narrowed = WithoutUnread(network with { Nodes = nodes, Constants = run.Constants.ToImmutable(), Types = run.Types.ToImmutable() }, network);
        return new NarrowedNetwork(narrowed, format, [.. run.Layers], [.. run.Kept], before, BytesOf(narrowed));
    }

    /// <summary>The narrowest format to which weights of a layer were rounded here; layers that are quantised by their model do not count.</summary>
    public static WeightFormat FormatOf(Network network)
    {
        HashSet<string> quantised = [.. Quantised(network).Select(node => node.Name)];
        return NarrowWeights.FormatOf(network with { Nodes = [.. network.Nodes.Where(node => !quantised.Contains(node.Name))] });
    }

    // Their input is loaded from bytes; weights that are rounded here meet floats.
    private static IEnumerable<Node> Quantised(Network network)
    {
        HashSet<string> loaded = [.. network.Nodes.Where(node => node.Operator == "DequantizeLinear").Select(node => node.Outputs[0])];
        return network.Nodes.Where(node => NarrowWeights.IsWeighted(node) && loaded.Contains(node.Inputs[0])
            && network.Types.TryGetValue(node.Inputs[1], out TensorType? type) && type.Element == DataType.Int8);
    }

    private static long BytesOf(Network network) =>
        network.Constants.Values.DistinctBy(tensor => tensor.Data).Sum(tensor => (long)tensor.Count * NetworkJsonWriter.ElementBytes(tensor.Element));

    private static Network WithoutUnread(Network network, Network original)
    {
        HashSet<string> read = [.. network.Outputs.Select(output => output.Name), .. network.Nodes.SelectMany(Reads)];
        string[] dropped = [.. original.Constants.Keys.Where(name => !read.Contains(name) && original.Nodes.SelectMany(Reads).Contains(name))];
        return network with { Constants = network.Constants.RemoveRange(dropped), Types = network.Types.RemoveRange(dropped) };
    }

    private static IEnumerable<string> Reads(Node node) =>
        node.Inputs.Concat(node.Attributes.Select(attribute => attribute.Value).OfType<Network>().SelectMany(body => body.Nodes.SelectMany(Reads)));

    /// <summary>One conversion: layers may share weights, which are then converted once.</summary>
    private sealed class Run(Network network, Func<string, WeightFormat> formatOf)
    {
        private readonly Dictionary<(string Weights, bool ChannelsLast), (string Elements, string Scales, string? Refusal)> done = [];

        public ImmutableDictionary<string, Tensor>.Builder Constants { get; } = network.Constants.ToBuilder();

        public ImmutableDictionary<string, TensorType>.Builder Types { get; } = network.Types.ToBuilder();

        public List<string> Layers { get; } = [];

        public List<KeptLayer> Kept { get; } = [];

        public Node Narrow(Node node)
        {
            (string Weights, bool ChannelsLast) key = (node.Inputs[1], NarrowWeights.ChannelsLast(node));
            if (!done.TryGetValue(key, out (string Elements, string Scales, string? Refusal) result))
            {
                result = Convert(key.Weights, key.ChannelsLast, formatOf(node.Name));
                done[key] = result;
            }

            if (result.Refusal is { } refusal)
            {
                Kept.Add(new KeptLayer(node.Name, refusal));
                return node;
            }

            Layers.Add(node.Name);
            return node with { Inputs = [node.Inputs[0], result.Elements, node.Input(2), node.Input(3), result.Scales] };
        }

        private (string Elements, string Scales, string? Refusal) Convert(string name, bool channelsLast, WeightFormat format)
        {
            Tensor weights = network.Constants[name];
            int channels = weights.Shape[channelsLast ? weights.Shape.Rank - 1 : 0];
            Result<StoredWeights, string> converted = StoredWeights.Convert(weights.Elements<float>(), channels, channelsLast, format);
            if (!converted.Succeeded)
            {
                return (string.Empty, string.Empty, converted.Error);
            }

            StoredWeights stored = converted.Value;

            string suffix = $".{WeightFormats.NameOf(format)}{(channelsLast ? "n" : string.Empty)}";
            return (Add(name + suffix, Tensor.Wrap(weights.Shape, stored.Elements)), Add($"{name}{suffix}.scales", Tensor.Vector(stored.Scales)), null);
        }

        private string Add(string wanted, Tensor tensor)
        {
            string name = UnusedName.Of(wanted, Types.ContainsKey);
            Constants.Add(name, tensor);
            Types.Add(name, tensor.Type);
            return name;
        }
    }
}
