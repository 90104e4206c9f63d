using Attune.Kernels;

namespace Attune.Runtime.Plan;

/// <summary>
/// Puts an activation into the store of the transposed convolution before it whose only reader it is. Networks keep the two apart: on processors the reference
/// kernel computes the convolution.
/// </summary>
internal static class TransposedFusion
{
    /// <summary>The plans with such activations gone.</summary>
    public static List<NodePlan> Apply(Network network, List<NodePlan> plans, PlanRequest request)
    {
        if (request.Without.Contains(Fusions.Activation) || !plans.Exists(IsOpen))
        {
            return plans;
        }

        var readers = network.Nodes.SelectMany(node => node.Inputs).Concat(network.Outputs.Select(output => output.Name)).CountBy(name => name)
            .ToDictionary(StringComparer.Ordinal);
        var result = new List<NodePlan>(plans);
        foreach (NodePlan activation in plans.Where(plan => plan is { Step: StepKind.Elementwise, Operation: null, Inputs.Count: 1 }))
        {
            string middle = activation.Inputs[0].Value;
            int before = result.FindIndex(plan => IsOpen(plan) && plan.Node.Outputs[0] == middle);
            if (before >= 0 && readers[middle] == 1 && activation.Output == result[before].Output)
            {
                NodePlan open = result[before];
                result[before] = open with
                {
                    Node = open.Node with { Outputs = activation.Node.Outputs },
                    Epilogue = activation.Epilogue with { HasBias = open.Epilogue.HasBias },
                };
                result.Remove(activation);
            }
        }

        return result;
    }

    private static bool IsOpen(NodePlan plan) => plan is { Workload.IsTransposed: true, Epilogue.Activation: "none" };
}
