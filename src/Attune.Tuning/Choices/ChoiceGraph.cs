using System.Collections.Immutable;

namespace Attune.Tuning.Choices;

/// <summary>
/// One choice per node among its alternatives: what each alternative costs alone, and what two neighbours cost together. Costs are milliseconds (any unit would
/// do); positive infinity forbids an alternative or a pair. Immutable.
/// </summary>
public sealed class ChoiceGraph
{
    /// <summary>Makes a graph.</summary>
    /// <param name="costs">Costs of every node's alternatives; at least one alternative each, none of them NaN.</param>
    /// <param name="edges">Pairwise costs; two nodes may have several edges, whose costs add up.</param>
    /// <exception cref="ArgumentException">A node has no alternative, a cost is NaN or negative infinity, or an edge does not fit its nodes.</exception>
    public ChoiceGraph(ImmutableArray<ImmutableArray<double>> costs, ImmutableArray<ChoiceEdge> edges)
    {
        for (int node = 0; node < costs.Length; node++)
        {
            if (costs[node].IsDefaultOrEmpty || costs[node].Any(cost => double.IsNaN(cost) || double.IsNegativeInfinity(cost)))
            {
                throw new ArgumentException(
                    $"Node {node} has no alternative, or one whose cost is no number. Give every node at least one cost.", nameof(costs));
            }
        }

        foreach (ChoiceEdge edge in edges)
        {
            bool known = edge.First >= 0 && edge.First < edge.Second && edge.Second < costs.Length;
            if (!known || edge.Costs.GetLength(0) != costs[edge.First].Length || edge.Costs.GetLength(1) != costs[edge.Second].Length)
            {
                throw new ArgumentException(
                    $"The edge {edge.First} - {edge.Second} does not fit the graph: nodes ascend, and its table has one row and column per alternative.",
                    nameof(edges));
            }
        }

        Costs = costs;
        Edges = edges;
    }

    /// <summary>Cost of every alternative of every node.</summary>
    public ImmutableArray<ImmutableArray<double>> Costs { get; }

    /// <summary>Pairwise costs.</summary>
    public ImmutableArray<ChoiceEdge> Edges { get; }

    /// <summary>Cost of one choice per node.</summary>
    /// <param name="choices">Positions of the alternatives, one per node.</param>
    public double Total(IReadOnlyList<int> choices)
    {
        double total = 0;
        for (int node = 0; node < Costs.Length; node++)
        {
            total += Costs[node][choices[node]];
        }

        return total + Edges.Sum(edge => edge.Costs[choices[edge.First], choices[edge.Second]]);
    }

    /// <summary>The same graph in which one alternative of a node is forbidden.</summary>
    internal ChoiceGraph Without(int node, int alternative) => new(Costs.SetItem(node, Costs[node].SetItem(alternative, double.PositiveInfinity)), Edges);
}
