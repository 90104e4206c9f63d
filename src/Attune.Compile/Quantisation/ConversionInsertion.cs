using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Passes;
using Attune.Passes.Quantised;

namespace Attune.Compile.Quantisation;

/// <summary>Puts conversions between floats and bytes into a network, where a plan wants bytes. One for each network.</summary>
internal sealed class ConversionInsertion
{
    private readonly Network network;
    private readonly QuantisationPlan plan;
    private readonly int opset;
    private readonly IReadOnlyDictionary<string, float[]> corrections;
    private readonly bool isSketch;
    private readonly Dictionary<string, ByteScale> parameters = [];
    private readonly Dictionary<string, string> loaded = [];
    private readonly Dictionary<(string Weights, int Axis), (Tensor Scales, string Loaded)> shared = [];
    private readonly HashSet<string> values;
    private readonly HashSet<string> names;
    private readonly ImmutableDictionary<string, Tensor>.Builder constants;
    private readonly List<Node> nodes = [];

    /// <summary>Prepares.</summary>
    /// <param name="network">The network.</param>
    /// <param name="plan">What is to be bytes.</param>
    /// <param name="opset">Operator set of the new nodes.</param>
    /// <param name="ranges">Ranges of the plan's values.</param>
    /// <param name="corrections">What is added to the bias of layers, by their names; null for nothing.</param>
    /// <param name="isSketch">True where weights have no values.</param>
    public ConversionInsertion(
        Network network,
        QuantisationPlan plan,
        int opset,
        Dictionary<string, ValueRange> ranges,
        IReadOnlyDictionary<string, float[]>? corrections = null,
        bool isSketch = false)
    {
        (this.network, this.plan, this.opset, this.isSketch) = (network, plan, opset, isSketch);
        this.corrections = corrections ?? ImmutableDictionary<string, float[]>.Empty;
        values = [.. network.Types.Keys];
        names = [.. network.Nodes.Select(node => node.Name)];
        constants = network.Constants.ToBuilder();
        foreach (IGrouping<string, string> group in plan.Values.GroupBy(plan.GroupOf))
        {
            ByteScale bytes = group.Select(value => ranges[value]).Aggregate((all, range) => all.With(range)).Bytes();
            foreach (string value in group)
            {
                parameters[value] = bytes;
            }
        }
    }

    /// <summary>The network with conversions.</summary>
    public Network Run()
    {
        foreach (NetworkValue input in network.Inputs)
        {
            Convert(input.Name);
        }

        for (int i = 0; i < network.Nodes.Length; i++)
        {
            Node node = network.Nodes[i];
            if (plan.Operators.Contains(i))
            {
                HashSet<string> data = [.. plan.DataOf(node)];
                bool layer = QuantisationPlan.IsLayer(network, node);
                nodes.Add(layer ? Layer(node) : node with { Inputs = [.. node.Inputs.Select(value => data.Contains(value) ? loaded[value] : value)] });
            }
            else
            {
                nodes.Add(node);
            }

            foreach (string output in node.Outputs)
            {
                Convert(output);
            }
        }

        return Finished(network);
    }

    /// <summary>The network as it is, and beside each layer that can have a bias the same on bytes: both read what the layer reads in floats.</summary>
    /// <returns>The network, whose outputs are the results of both, and for each layer the name of the result on bytes.</returns>
    public (Network Network, ImmutableArray<(Node Layer, string Bytes)> Pairs) Beside()
    {
        Node[] layers = [.. plan.Layers.Where(layer => layer.Operator != "MatMul")];
        HashSet<string> wanted = [.. layers.Select(layer => layer.Inputs[0])];
        foreach (string input in network.Inputs.Select(input => input.Name).Where(wanted.Contains))
        {
            Convert(input);
        }

        foreach (Node node in network.Nodes)
        {
            nodes.Add(node);
            foreach (string output in node.Outputs.Where(wanted.Contains))
            {
                Convert(output);
            }
        }

        var pairs = ImmutableArray.CreateBuilder<(Node Layer, string Bytes)>();
        foreach (Node layer in layers)
        {
            string result = Unused($"{layer.Outputs[0]}_on_bytes", values);
            nodes.Add(Layer(layer) with { Name = Unused($"{layer.Name}_on_bytes", names), Outputs = [result] });
            pairs.Add((layer, result));
        }

        IEnumerable<NetworkValue> Both(Node layer, string bytes) =>
            [new(layer.Outputs[0], network.TypeOf(layer.Outputs[0])), new(bytes, network.TypeOf(layer.Outputs[0]))];
        return (Finished(network with { Outputs = [.. pairs.SelectMany(pair => Both(pair.Layer, pair.Bytes))] }), pairs.ToImmutable());
    }

    private Network Finished(Network of) =>
        new DeadCodeRemoval().Run(ShapeInference.Run(of with { Nodes = [.. nodes], Constants = constants.ToImmutable() }));

    private void Convert(string value)
    {
        if (parameters.TryGetValue(value, out ByteScale bytes))
        {
            string scale = Constant($"{value}_scale", Tensor.Scalar(bytes.Scale));
            string zero = Constant($"{value}_zero_point", bytes.ZeroPoint);
            string stored = Node("QuantizeLinear", $"{value}_quantized", [value, scale, zero], Attributes.None);
            loaded[value] = Node("DequantizeLinear", $"{value}_dequantized", [stored, scale, zero], Attributes.None);
        }
    }

    private Node Layer(Node node)
    {
        int axis = node.Operator == "Conv" || node.Attributes.Int("transB", 0) != 0 ? 0 : 1;
        Tensor? bias = Bias(node);
        Tensor weights = network.Constants[node.Inputs[1]];
        float scale = parameters[node.Inputs[0]].Scale;
        LayerBytes bytes = isSketch ? LayerBytes.Sketch(weights.Shape, bias is not null, axis) : LayerBytes.Of(weights, bias, axis, scale);
        List<string> inputs = [loaded[node.Inputs[0]], Weights(node, bytes, axis)];
        if (bytes.Bias is not null)
        {
            inputs.Add(Node(
                "DequantizeLinear",
                $"{node.Name}_bias_dequantized",
                [Constant($"{node.Name}_bias_quantized", bytes.Bias), Constant($"{node.Name}_bias_scale", bytes.Units)],
                Attributes.None.With("axis", 0)));
        }

        return node with { Inputs = [.. inputs] };
    }

    /// <summary>The bytes of a layer's weights, turned into floats; layers of the same weights have them together.</summary>
    private string Weights(Node node, LayerBytes bytes, int axis)
    {
        // A huge bias makes the steps of its layer's weights wider, which are other bytes then.
        bool known = shared.TryGetValue((node.Inputs[1], axis), out (Tensor Scales, string Loaded) before);
        if (known && before.Scales.Span<float>().SequenceEqual(bytes.Scales.Span<float>()))
        {
            return before.Loaded;
        }

        string zero = Constant($"{node.Name}_weight_zero_point", Tensor.Zeros(DataType.Int8, bytes.Scales.Shape));
        string weights = Node(
            "DequantizeLinear",
            $"{node.Name}_weight_dequantized",
            [Constant($"{node.Name}_weight_quantized", bytes.Elements), Constant($"{node.Name}_weight_scale", bytes.Scales), zero],
            Attributes.None.With("axis", axis));
        shared.TryAdd((node.Inputs[1], axis), (bytes.Scales, weights));
        return weights;
    }

    private Tensor? Bias(Node node)
    {
        Tensor? given = node.Input(2).Length > 0 ? network.Constants[node.Inputs[2]] : null;
        return !corrections.TryGetValue(node.Name, out float[]? summands) ? given
            : Tensor.Vector(given is null ? summands : [.. given.Elements<float>().Zip(summands, (one, other) => one + other)]);
    }

    private string Node(string operation, string wanted, ImmutableArray<string> inputs, Attributes attributes)
    {
        string output = Unused(wanted, values);
        nodes.Add(new Node(Unused(wanted, names), operation, opset, inputs, [output], attributes));
        return output;
    }

    private string Constant(string wanted, Tensor tensor)
    {
        string name = Unused(wanted, values);
        constants.Add(name, tensor);
        return name;
    }

    private static string Unused(string wanted, HashSet<string> taken)
    {
        string name = wanted;
        for (int i = 2; !taken.Add(name); i++)
        {
            name = $"{wanted}_{i}";
        }

        return name;
    }
}
