using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Targets;

namespace Attune.Runtime.Plan.Narrow;

/// <summary>
/// Classifies the nodes of a network, with as many of their operands narrower than floats as there are kernels for. What stands between floats and bytes, or
/// floats and brain floats, becomes part of the loads and stores of its neighbours; where a neighbour works on floats alone it stays a step.
/// </summary>
internal sealed partial class NarrowPlanner
{
    private const string Suffix = " as kept";

    private readonly KernelTarget target;
    private readonly IReadOnlySet<string> without;
    private readonly IDictionary<string, StorageKind> produced;
    private readonly NarrowFlow? flow;
    private readonly HashSet<Node> absorbed = [];
    private readonly List<NodePlan> plans = [];
    private Network network;
    private NodeClassifier classifier;

    public NarrowPlanner(Network network, KernelTarget target, IDictionary<string, StorageKind> produced, IReadOnlySet<string> without)
    {
        this.network = network;
        this.target = target;
        this.produced = produced;
        this.without = without;
        bool isOn = target.Groups is null && !without.Contains(Fusions.Bytes)
            && network.Nodes.Any(node => NarrowFlow.IsLoad(node) || node.Operator == "DynamicQuantizeLinear");
        flow = isOn ? new NarrowFlow(network) : null;
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

    private void Plan(NarrowFlow known, Node node)
    {
        if (absorbed.Contains(node))
        {
            return;
        }

        if (NarrowFlow.IsLoad(node) && known.FormOf(node) is { } form && known.Agrees(node.Inputs[0], form.Zero))
        {
            known.Add(node.Outputs[0], node.Inputs[0], form);
            return;
        }

        if (known.RunTimeScaleOf(node) is { } runTime)
        {
            known.Add(node.Outputs[0], node.Inputs[0], runTime);
            return;
        }

        if (Narrowed(known, node) is not { } plan)
        {
            foreach (string input in node.Inputs)
            {
                Restore(input);
            }

            // What was loaded from elements of one kind may be stored as another.
            NarrowForm? own = NarrowFlow.IsStore(node) ? known.FormOf(node) : null;
            plan = (own is null ? null : Try(node, [.. node.Inputs.Select(_ => (NarrowForm?)null)], node.Outputs[0], own)) ?? classifier.Classify(node);
        }

        Add(plan);
    }

    /// <summary>A plan with narrow operands: with a narrow output too, else with one of floats.</summary>
    private NodePlan? Narrowed(NarrowFlow known, Node node)
    {
        if (node.Operator == "DynamicQuantizeLinear")
        {
            return Store(known, node);
        }

        ImmutableArray<NarrowForm?> forms = [.. node.Inputs.Select(input => known.Of(input)?.Form)];
        if (!TakesRunTimeScales(known, node))
        {
            return null;
        }

        if (NarrowFlow.IsStore(node))
        {
            return known.FormOf(node) is { } own ? Try(node, forms, node.Outputs[0], own) : null;
        }

        Node? store = known.StoreOf(node);
        if (store is not null && known.FormOf(store) is { } output)
        {
            if (Try(node, forms, store.Outputs[0], output) is { } plan)
            {
                absorbed.Add(store);
                return plan;
            }

            if (node.Operator == "Concat" && Joined(known, node, store.Outputs[0], output) is { } joined)
            {
                absorbed.Add(store);
                return joined;
            }
        }
        else if (Moves(node) && forms.Length > 0 && forms[0] is { } kept)
        {
            // What only moves or selects numbers moves the elements, and they go on standing for the same.
            string elements = Unused(node.Outputs[0] + Suffix);
            network = network with { Types = network.Types.SetItem(elements, new TensorType(kept.Element, network.TypeOf(node.Outputs[0]).Shape)) };
            classifier = Classifier();
            if (Try(node, forms, elements, kept) is { } plan)
            {
                known.Add(node.Outputs[0], elements, kept);
                return plan;
            }
        }

        return Try(node, forms, node.Outputs[0], null);
    }

    /// <summary>A concatenation whose parts are floats, or stand for numbers in another way than the whole: each is stored like the whole first.</summary>
    private NodePlan? Joined(NarrowFlow known, Node node, string output, NarrowForm form)
    {
        if (!node.Inputs.Any(input => known.Of(input) is { } coded && coded.Form.Element == form.Element)
            || node.Inputs.Any(input => network.Constants.ContainsKey(input) || known.RunTimeOf(input) is not null
                || (known.Of(input) is { } coded && coded.Form.Element != form.Element)))
        {
            return null;
        }

        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        ImmutableDictionary<string, TensorType> types = network.Types;
        foreach (string input in node.Inputs.Distinct())
        {
            parts[input] = known.Of(input) is { } coded && coded.Form == form ? coded.Elements : Unused($"{input} for {output}");
            types = types.SetItem(parts[input], new TensorType(form.Element, network.TypeOf(input).Shape));
        }

        network = network with { Types = types };
        classifier = Classifier();
        Node joined = node with { Inputs = [.. node.Inputs.Select(input => parts[input])], Outputs = [output] };
        if (classifier.Classify(joined, new NarrowOperands([.. node.Inputs.Select(_ => (NarrowForm?)form)], form)) is not { } plan)
        {
            return null;
        }

        var stores = new List<NodePlan>();
        foreach ((string input, string part) in parts.Where(pair => known.Of(pair.Key) is not { } coded || coded.Form != form))
        {
            (string Elements, NarrowForm Form)? coded = known.Of(input);
            Node store = form.Scale is null
                ? new Node(part, "Cast", 13, [coded?.Elements ?? input], [part], Attributes.None.With("to", (long)form.Element))
                : new Node(part, "QuantizeLinear", 13, [coded?.Elements ?? input], [part], Attributes.None);
            if (classifier.Classify(store, new NarrowOperands([coded?.Form], form)) is not { } stored)
            {
                return null;
            }

            stores.Add(stored);
        }

        stores.ForEach(Add);
        return plan;
    }

    private NodePlan? Try(Node node, ImmutableArray<NarrowForm?> inputs, string output, NarrowForm? form)
    {
        var operands = new NarrowOperands(inputs, form) { RunTime = inputs.Length > 0 && inputs[0] is not null ? flow!.RunTimeOf(node.Inputs[0]) : null };
        if (!operands.Any || !operands.AreAlike)
        {
            return null;
        }

        Node narrow = node with
        {
            Inputs = [.. node.Inputs.Select((input, i) => inputs[i] is null ? input : flow!.Of(input)!.Value.Elements)],
            Outputs = form is null ? node.Outputs : [output],
        };
        NodePlan? plan = classifier.Classify(narrow, operands);
        return plan is null || operands.RunTime is not { } runTime ? plan : Rescaled(plan, runTime);
    }

    /// <summary>Makes floats of a value that only narrow elements stand for so far.</summary>
    private void Restore(string value)
    {
        if (flow?.Of(value) is not { } coded || produced.ContainsKey(value))
        {
            return;
        }

        string name = $"{value} as floats";
        if (flow.RunTimeOf(value) is { } runTime)
        {
            Add(classifier.Classify(new Node(name, "DequantizeLinear", 13, [coded.Elements, runTime.Scale, runTime.Zero], [value], Attributes.None)));
            return;
        }

        Node load = coded.Form.Scale is null
            ? new Node(name, "Cast", 13, [coded.Elements], [value], Attributes.None.With("to", (long)DataType.Float32))
            : new Node(name, "DequantizeLinear", 13, [coded.Elements], [value], Attributes.None);
        Add(classifier.Classify(load, new NarrowOperands([coded.Form], null))
            ?? throw new InvalidOperationException($"'{value}' cannot be restored from {coded.Form.Element}."));
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
        && node.Operator is "MaxPool" or "Flatten" or "Reshape" or "Squeeze" or "Unsqueeze" or "Identity" or "Concat" or "Resize" or "Upsample"
            or "Transpose" or "Slice";
}
