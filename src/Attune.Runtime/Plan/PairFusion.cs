using Attune.Kernels;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <summary>
/// Finds depthwise convolutions whose only reader is a pointwise one, and makes one step of the two where that was asked for. Which is faster is a matter of
/// measurement, so both forms stay possible: a pair is fused when a configuration for it was chosen.
/// </summary>
internal static class PairFusion
{
    /// <summary>Every pair that could be one step: positions of its plans, and its workload.</summary>
    public static IEnumerable<(int First, int Second, PairWorkload Workload)> Find(Network network, IReadOnlyList<NodePlan> plans)
    {
        var readers = network.Nodes.SelectMany(node => node.Inputs).GroupBy(name => name).ToDictionary(group => group.Key, group => group.Count());
        for (int second = 0; second < plans.Count; second++)
        {
            NodePlan pointwise = plans[second];
            if (pointwise is not { Step: StepKind.Convolution, Workload: ConvolutionWorkload last })
            {
                continue;
            }

            string middle = pointwise.Inputs[0].Value;
            int first = Enumerable.Range(0, second).FirstOrDefault(i => plans[i].Node.Outputs[0] == middle, -1);
            bool alone = readers.GetValueOrDefault(middle) == 1 && network.Outputs.All(output => output.Name != middle);
            if (first >= 0
                && alone
                && plans[first] is { Step: StepKind.Convolution, Workload: ConvolutionWorkload workload, Epilogue.HasResidual: false }
                && PairWorkload.TryJoin(workload, last) is { } pair)
            {
                yield return (first, second, pair);
            }
        }
    }

    /// <summary>The plans with the asked-for pairs as one each, at the place of the second.</summary>
    public static List<NodePlan> Apply(Network network, List<NodePlan> plans, PlanRequest request)
    {
        if (request.Pairs.IsEmpty || request.Without.Contains(Fusions.DepthwisePointwise))
        {
            return plans;
        }

        var result = plans.Cast<NodePlan?>().ToList();
        foreach ((int first, int second, PairWorkload pair) in Find(network, plans))
        {
            if (request.Pairs.Contains(pair.Key))
            {
                NodePlan before = plans[first];
                result[first] = null;
                result[second] = plans[second] with
                {
                    Inputs = [before.Inputs[0], .. plans[second].Inputs.Skip(1)],
                    InputExtent = before.InputExtent,
                    Workload = pair,
                    Before = before.Node,
                    Inner = before.Epilogue,
                };
            }
        }

        return [.. result.Where(plan => plan is not null).Select(plan => plan!)];
    }
}
