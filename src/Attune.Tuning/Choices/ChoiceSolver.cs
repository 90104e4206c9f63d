using System.Collections.Immutable;

namespace Attune.Tuning.Choices;

/// <summary>
/// Dynamic programming over a frontier. Nodes are decided in order; a state is the choices of those decided nodes that still have an undecided neighbour,
/// together with the cheapest way to get there. On a chain the frontier is one node, so this is the classical exact algorithm in time (nodes x alternatives^2).
/// On a general graph the number of states grows with the width of the frontier; beyond a cap the cheapest are kept, and the solution says that it may not be
/// the best. Equal costs are decided for the lower alternative of the earliest node that differs, so results are deterministic. Pure; one instance may be
/// shared.
/// </summary>
/// <param name="maxStates">States kept after each node, at least 1.</param>
public sealed class ChoiceSolver(int maxStates = ChoiceSolver.DefaultStates)
{
    /// <summary>States kept unless asked otherwise.</summary>
    public const int DefaultStates = 256;

    private readonly int maxStates = maxStates >= 1
        ? maxStates
        : throw new ArgumentOutOfRangeException(nameof(maxStates), maxStates, "At least one state must be kept.");

    /// <summary>Solves a graph, runners-up included: as many solutions more as there are nodes with several alternatives.</summary>
    public ChoiceSolution Solve(ChoiceGraph graph)
    {
        (ImmutableArray<int> choices, double total, bool exact) = Cheapest(graph);
        var runners = ImmutableArray.CreateBuilder<ChoiceRunnerUp?>(graph.Costs.Length);
        for (int node = 0; node < graph.Costs.Length; node++)
        {
            ChoiceRunnerUp? other = null;
            if (graph.Costs[node].Length > 1 && double.IsFinite(total))
            {
                (ImmutableArray<int> forced, double cost, _) = Cheapest(graph.Without(node, choices[node]));
                other = double.IsFinite(cost) ? new ChoiceRunnerUp(forced[node], cost) : null;
            }

            runners.Add(other);
        }

        return new ChoiceSolution(choices, total, exact, runners.ToImmutable());
    }

    /// <summary>The cheapest solution in which a node does not take some of its alternatives; without runners-up. Infinitely dear when there is none.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="node">The node.</param>
    /// <param name="alternatives">What it may not take.</param>
    public ChoiceSolution Cheapest(ChoiceGraph graph, int node, IEnumerable<int> alternatives)
    {
        (ImmutableArray<int> choices, double total, bool exact) = Cheapest(
            alternatives.Aggregate(graph, (rest, alternative) => rest.Without(node, alternative)));
        return new ChoiceSolution(choices, total, exact, []);
    }

    private (ImmutableArray<int> Choices, double Total, bool IsExact) Cheapest(ChoiceGraph graph)
    {
        int count = graph.Costs.Length;
        ILookup<int, ChoiceEdge> incoming = graph.Edges.ToLookup(edge => edge.Second);
        int[] lastUse = LastUse(graph);
        var frontier = new List<int>();
        List<State> states = [new State([], 0, null, 0)];
        bool exact = true;
        for (int node = 0; node < count; node++)
        {
            List<int> next = [.. frontier.Append(node).Where(member => lastUse[member] > node)];
            (int Position, ChoiceEdge Edge)[] tables = [.. incoming[node].Select(edge => (frontier.IndexOf(edge.First), edge))];
            states = Extend(states, graph.Costs[node], tables, [.. next.Select(member => member == node ? -1 : frontier.IndexOf(member))]);
            if (states.Count > maxStates)
            {
                exact = false;
                states = [.. states.OrderBy(state => state.Cost).Take(maxStates)];
            }

            frontier = next;
        }

        if (states.Count == 0)
        {
            return ([.. new int[count]], double.PositiveInfinity, exact);
        }

        State best = states.MinBy(state => state.Cost)!;
        return (best.Unwind(count), best.Cost, exact);
    }

    private static int[] LastUse(ChoiceGraph graph)
    {
        int[] last = [.. Enumerable.Range(0, graph.Costs.Length)];
        foreach (ChoiceEdge edge in graph.Edges)
        {
            last[edge.First] = Math.Max(last[edge.First], edge.Second);
        }

        return last;
    }

    /// <summary>Decides one node in every state; states that agree on the new frontier are joined.</summary>
    private static List<State> Extend(List<State> states, ImmutableArray<double> costs, (int Position, ChoiceEdge Edge)[] tables, int[] kept)
    {
        var result = new List<State>();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (State state in states)
        {
            for (int alternative = 0; alternative < costs.Length; alternative++)
            {
                double cost = state.Cost + costs[alternative];
                foreach ((int position, ChoiceEdge edge) in tables)
                {
                    cost += edge.Costs[state.Frontier[position], alternative];
                }

                if (double.IsPositiveInfinity(cost))
                {
                    continue;
                }

                int own = alternative;
                char[] frontier = [.. kept.Select(position => position < 0 ? (char)own : state.Frontier[position])];
                var extended = new State(frontier, cost, state, alternative);
                string key = new(frontier);
                if (!known.TryGetValue(key, out int at))
                {
                    known.Add(key, result.Count);
                    result.Add(extended);
                }
                else if (cost < result[at].Cost)
                {
                    result[at] = extended;
                }
            }
        }

        return result;
    }

    /// <summary>Choices on the frontier, and how they were reached.</summary>
    private sealed record State(char[] Frontier, double Cost, State? Before, int Choice)
    {
        public ImmutableArray<int> Unwind(int count)
        {
            var choices = new int[count];
            State state = this;
            for (int node = count - 1; node >= 0; node--)
            {
                choices[node] = state.Choice;
                state = state.Before!;
            }

            return [.. choices];
        }
    }
}
