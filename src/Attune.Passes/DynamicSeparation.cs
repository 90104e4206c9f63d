using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes;

/// <summary>
/// Gathers the nodes whose types are not known before a run, and control flow, into one node at the end (<see cref="FusedOperators.Dynamic"/>): what stands
/// before them is planned, tuned and compiled as if they were not there. Stateless.
/// </summary>
public static class DynamicSeparation
{
    private const string Name = "dynamic";

    /// <summary>The network with at most one node of results without types, which nobody but the caller reads.</summary>
    /// <param name="network">A network in topological order, with every type that can be inferred.</param>
    public static Network Run(Network network)
    {
        var late = new HashSet<string>(StringComparer.Ordinal);
        var parts = new List<Node>();
        var early = ImmutableArray.CreateBuilder<Node>();
        foreach (Node node in network.Nodes)
        {
            bool isLate = ControlFlow.Handles(node.Operator) || node.Inputs.Any(late.Contains)
                || node.Outputs.Any(output => output.Length > 0 && !network.Types.ContainsKey(output));
            if (isLate)
            {
                parts.Add(node);
                late.UnionWith(node.Outputs.Where(static output => output.Length > 0));
            }
            else
            {
                early.Add(node);
            }
        }

        if (parts.Count == 0)
        {
            return network;
        }

        // A node behind a control-flow node may have types of its own; they are not known before the run all the same.
        ImmutableDictionary<string, TensorType> types = network.Types.RemoveRange(late);
        Node gathered = Gather(network with { Types = types }, Needed(network, parts), late);
        return network with
        {
            Nodes = gathered.Outputs.IsEmpty ? early.ToImmutable() : [.. early, gathered],
            Types = types,
            Outputs = [.. network.Outputs.Select(output => late.Contains(output.Name) ? output with { Type = Unknown } : output)],
        };
    }

    private static TensorType Unknown => new(DataType.Undefined, Shape.Scalar);

    private static ImmutableArray<Node> Needed(Network network, List<Node> parts)
    {
        HashSet<string> needed = [.. network.Outputs.Select(static output => output.Name)];
        var kept = new List<Node>();
        for (int i = parts.Count - 1; i >= 0; i--)
        {
            if (parts[i].Outputs.Any(needed.Contains))
            {
                kept.Add(parts[i]);
                needed.UnionWith(parts[i].Inputs);
                needed.UnionWith(ControlFlow.FreeNames(parts[i]));
            }
        }

        kept.Reverse();
        return [.. kept];
    }

    private static Node Gather(Network network, ImmutableArray<Node> nodes, HashSet<string> late)
    {
        var body = new Network(Name, [], [.. network.Outputs.Where(output => late.Contains(output.Name)).Select(static output => output with { Type = Unknown })
            .DistinctBy(static output => output.Name)], nodes, ImmutableDictionary<string, Tensor>.Empty,
            ImmutableDictionary<string, TensorType>.Empty);
        string[] read = [.. ControlFlow.ReadFromOutside(body).Order(StringComparer.Ordinal)];
        body = body with { Inputs = [.. read.Select(name => new NetworkValue(name, network.Types.GetValueOrDefault(name) ?? Unknown))] };
        var names = network.Nodes.Select(static node => node.Name).ToHashSet(StringComparer.Ordinal);
        return new Node(
            UnusedName.Of(Name, names.Contains), FusedOperators.Dynamic, 1, [.. read], [.. body.Outputs.Select(static output => output.Name)],
            Attributes.None.With(FusedOperators.Body, StatedTypes.Of(body)));
    }
}
