using System.Collections.Immutable;
using Attune.Graph.Building;
using Attune.Graph.Passes;
using Attune.Graph.Passes.Quantised;
using Attune.Kernels;

namespace Attune.Compile.Quantisation;

/// <summary>Puts conversions between floats and bytes into a network, where a plan wants bytes. One for each network.</summary>
internal sealed class ConversionInsertion
{
    private readonly Network network;
    private readonly QuantisationPlan plan;
    private readonly int opset;
    private readonly Dictionary<string, ByteScale> parameters = [];
    private readonly Dictionary<string, string> loaded = [];
    private readonly HashSet<string> values;
    private readonly HashSet<string> names;
    private readonly ImmutableDictionary<string, Tensor>.Builder constants;
    private readonly List<Node> nodes = [];

    /// <summary>Prepares.</summary>
    /// <param name="network">The network.</param>
    /// <param name="plan">What is to be bytes.</param>
    /// <param name="opset">Operator set of the new nodes.</param>
    /// <param name="ranges">Ranges of the plan's values.</param>
    public ConversionInsertion(Network network, QuantisationPlan plan, int opset, Dictionary<string, ValueRange> ranges)
    {
        (this.network, this.plan, this.opset) = (network, plan, opset);
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

        return new DeadCodeRemoval().Run(ShapeInference.Run(network with { Nodes = [.. nodes], Constants = constants.ToImmutable() }));
    }

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
        Tensor? bias = node.Input(2).Length > 0 ? network.Constants[node.Inputs[2]] : null;
        var bytes = LayerBytes.Of(network.Constants[node.Inputs[1]], bias, axis, parameters[node.Inputs[0]].Scale);
        Attributes along = Attributes.None.With("axis", axis);
        string zero = Constant($"{node.Name}_weight_zero_point", Tensor.Zeros(DataType.Int8, bytes.Scales.Shape));
        string weights = Node(
            "DequantizeLinear",
            $"{node.Name}_weight_dequantized",
            [Constant($"{node.Name}_weight_quantized", bytes.Elements), Constant($"{node.Name}_weight_scale", bytes.Scales), zero],
            along);
        List<string> inputs = [loaded[node.Inputs[0]], weights];
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
