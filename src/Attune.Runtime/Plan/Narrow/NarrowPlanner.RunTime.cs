using Attune.Kernels;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Quantized;
using Attune.Runtime.Execution;

namespace Attune.Runtime.Plan.Narrow;

/// <content>Bytes whose scale is known only when the network runs.</content>
internal sealed partial class NarrowPlanner
{
    /// <summary>Floats to bytes, with a scale that follows from them; null for what the reference kernel must do.</summary>
    private NodePlan? Store(NarrowFlow known, Node node)
    {
        Restore(node.Inputs[0]);
        bool isSound = node.Outputs.Length == 3 && node.Outputs.All(output => output.Length > 0)
            && Is(node.Inputs[0], DataType.Float32) && Is(node.Outputs[0], DataType.UInt8) && Is(node.Outputs[1], DataType.Float32)
            && Is(node.Outputs[2], DataType.UInt8) && !network.Constants.ContainsKey(node.Inputs[0])
            && network.TypeOf(node.Inputs[0]).Shape.Equals(network.TypeOf(node.Outputs[0]).Shape)
            && network.TypeOf(node.Outputs[1]).Shape.Count == 1 && network.TypeOf(node.Outputs[2]).Shape.Count == 1;
        if (!isSound)
        {
            return null;
        }

        known.AddStore(node);
        string ranges = AddValue($"{node.Outputs[0]} ranges", 2 * DynamicQuantizePart.Chunks);
        return classifier.Ranged(node with { Outputs = [.. node.Outputs, ranges] });

        bool Is(string value, DataType element) =>
            network.Types.TryGetValue(value, out TensorType? type) && type.Element == element && type.Shape.Count > 0;
    }

    /// <summary>True when no operand has a scale that is known only when the network runs, or the node is a layer of which only the input has.</summary>
    private static bool TakesRunTimeScales(NarrowFlow known, Node node)
    {
        int last = -1;
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            last = known.RunTimeOf(node.Inputs[i]) is null ? last : i;
        }

        return last < 0 || (last == 0 && node.Operator is FusedOperators.Dense or FusedOperators.Convolution);
    }

    /// <summary>The plan of a layer that makes the numbers of its <see cref="RequantizationTable"/> itself, in memory of its own.</summary>
    private NodePlan Rescaled(NodePlan plan, RunTimeScale scale)
    {
        string table = AddValue($"{plan.Node.Outputs[0]} factors", RequantizationTable.Count((QuantizedWorkload)plan.Workload!));
        return plan with
        {
            Node = plan.Node with { Outputs = [plan.Node.Outputs[0], table] },
            Inputs =
            [
                plan.Inputs[0] with { ZeroAt = scale.Zero }, .. plan.Inputs.Skip(1), new Demand(scale.Scale, StorageKind.Plain),
                new Demand(scale.Zero, StorageKind.Plain),
            ],
        };
    }

    private string AddValue(string wanted, int count)
    {
        string name = Unused(wanted);
        network = network with { Types = network.Types.SetItem(name, new TensorType(DataType.Float32, Shape.Of(count))) };
        classifier = Classifier();
        return name;
    }

    private string Unused(string wanted) =>
        UnusedName.Of(wanted, network.Types.ContainsKey);
}
