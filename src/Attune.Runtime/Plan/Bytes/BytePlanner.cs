using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Quantized;

namespace Attune.Runtime.Plan.Bytes;

/// <summary>
/// Classifies the nodes of a network, with as many of their operands as bytes as there are kernels for. What stands between floats and bytes becomes part of
/// the loads and stores of its neighbours; where a neighbour works on floats alone it stays a step.
/// </summary>
internal sealed partial class BytePlanner
{
    private const string Suffix = " as bytes";

    private readonly KernelTarget target;
    private readonly IReadOnlySet<string> without;
    private readonly IDictionary<string, StorageKind> produced;
    private readonly ByteFlow? flow;
    private readonly HashSet<Node> absorbed = [];
    private readonly List<NodePlan> plans = [];
    private Network network;
    private NodeClassifier classifier;

    public BytePlanner(Network network, KernelTarget target, IDictionary<string, StorageKind> produced, IReadOnlySet<string> without)
    {
        this.network = network;
        this.target = target;
        this.produced = produced;
        this.without = without;
        bool isOn = target.Groups is null && !without.Contains(Fusions.Bytes) && network.Nodes.Any(node => node.Operator is "DequantizeLinear" or "DynamicQuantizeLinear");
        flow = isOn ? new ByteFlow(network) : null;
        classifier = Classifier();
    }

    /// <summary>The network of the nodes that are run.</summary>
    public Network Network => flow is null ? network : network with { Nodes = [.. plans.Select(plan => plan.Node)] };

    /// <summary>The plans of all nodes, in order.</summary>
    public List<NodePlan> Run()
    {
        foreach (Node node in network.Nodes)
        {
            if (flow is null)
            {
                Add(classifier.Classify(node));
            }
            else
            {
                Plan(flow, node);
            }
        }

        foreach (NetworkValue output in network.Outputs)
        {
            Restore(output.Name);
        }

        return plans;
    }

    private void Plan(ByteFlow known, Node node)
    {
        if (absorbed.Contains(node))
        {
            return;
        }

        if (node.Operator == "DequantizeLinear" && known.ScaleOf(node) is { } scale && known.Agrees(node.Inputs[0], scale.Zero))
        {
            known.Add(node.Outputs[0], node.Inputs[0], scale);
            return;
        }

        if (known.RunTimeScaleOf(node) is { } runTime)
        {
            known.Add(node.Outputs[0], node.Inputs[0], runTime);
            return;
        }

        if (Narrow(known, node) is not { } plan)
        {
            foreach (string input in node.Inputs)
            {
                Restore(input);
            }

            plan = classifier.Classify(node);
        }

        Add(plan);
    }

    /// <summary>A plan with bytes: with an output of bytes too, else with one of floats.</summary>
    private NodePlan? Narrow(ByteFlow known, Node node)
    {
        if (node.Operator == "DynamicQuantizeLinear")
        {
            return Store(known, node);
        }

        ImmutableArray<QuantizationScale?> scales = [.. node.Inputs.Select(input => known.Of(input)?.Scale)];
        if (!TakesRunTimeScales(known, node))
        {
            return null;
        }

        if (node.Operator == "QuantizeLinear")
        {
            return known.ScaleOf(node) is { } own ? Try(node, scales, node.Outputs[0], own) : null;
        }

        Node? quantizer = known.QuantizerOf(node);
        if (quantizer is not null && known.ScaleOf(quantizer) is { } output)
        {
            if (Try(node, scales, quantizer.Outputs[0], output) is { } plan)
            {
                absorbed.Add(quantizer);
                return plan;
            }
        }
        else if (Moves(node) && scales.Length > 0 && scales[0] is { } kept)
        {
            // What only moves or selects numbers moves bytes, and they go on standing for the same.
            string bytes = node.Outputs[0] + Suffix;
            network = network with { Types = network.Types.SetItem(bytes, new TensorType(DataType.UInt8, network.TypeOf(node.Outputs[0]).Shape)) };
            classifier = Classifier();
            if (Try(node, scales, bytes, kept) is { } plan)
            {
                known.Add(node.Outputs[0], bytes, kept);
                return plan;
            }
        }

        return Try(node, scales, node.Outputs[0], null);
    }

    private NodePlan? Try(Node node, ImmutableArray<QuantizationScale?> inputs, string output, QuantizationScale? scale)
    {
        var bytes = new ByteOperands(inputs, scale) { RunTime = node.Inputs.Length == 0 ? null : flow!.RunTimeOf(node.Inputs[0]) };
        if (!bytes.Any)
        {
            return null;
        }

        Node narrow = node with
        {
            Inputs = [.. node.Inputs.Select((input, i) => inputs[i] is null ? input : flow!.Of(input)!.Value.Bytes)],
            Outputs = scale is null ? node.Outputs : [output],
        };
        NodePlan? plan = classifier.Classify(narrow, bytes);
        return plan is null || bytes.RunTime is not { } runTime ? plan : Rescaled(plan, runTime);
    }

    /// <summary>Makes floats of a value that only bytes stand for so far.</summary>
    private void Restore(string value)
    {
        if (flow?.Of(value) is not { } coded || produced.ContainsKey(value))
        {
            return;
        }

        if (flow.RunTimeOf(value) is { } runTime)
        {
            Add(classifier.Classify(
                new Node($"{value} as floats", "DequantizeLinear", 13, [coded.Bytes, runTime.Scale, runTime.Zero], [value], Attributes.None)));
            return;
        }

        var node = new Node($"{value} as floats", "DequantizeLinear", 13, [coded.Bytes], [value], Attributes.None);
        Add(classifier.Classify(node, new ByteOperands([coded.Scale], null))
            ?? throw new InvalidOperationException($"'{value}' cannot be restored from bytes."));
    }

    private void Add(NodePlan plan)
    {
        plans.Add(plan);
        for (int i = 0; i < plan.Node.Outputs.Length; i++)
        {
            if (plan.Node.Outputs[i].Length > 0)
            {
                produced[plan.Node.Outputs[i]] = plan.OutputAt(i);
            }
        }
    }

    private NodeClassifier Classifier() => new(network, target, produced.AsReadOnly(), without);

    private static bool Moves(Node node) =>
        node.Outputs.Count(output => output.Length > 0) == 1
        && node.Operator is "MaxPool" or "Flatten" or "Reshape" or "Squeeze" or "Unsqueeze" or "Identity" or "Concat";
}
