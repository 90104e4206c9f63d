using System.Collections.Immutable;
using Attune.Graph.Faults;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Graph.Reading;

/// <summary>
/// Checks that every value is defined once and before it is read, and sorts the nodes so (some exporters do not). Stable: nodes that
/// are in order already keep it. Time linear in nodes plus edges, log factor for the queue.
/// </summary>
internal static class NodeOrder
{
    /// <summary>The nodes in topological order; faults are added when there is none or a value is undefined or defined twice.</summary>
    /// <param name="graph">The graph, or the body of a control-flow operator.</param>
    /// <param name="where">Place for messages.</param>
    /// <param name="faults">Collects what is wrong.</param>
    /// <param name="body">True for a body, which may read values of the graphs around it; whether these are there is asked of the outermost graph.</param>
    public static ImmutableArray<Node> Sort(RawGraph graph, string where, FaultList faults, bool body = false)
    {
        var producer = new Dictionary<string, int>();
        const int outside = -1;
        foreach (string name in graph.Constants.Keys.Concat(graph.Inputs.Select(input => input.Name)))
        {
            if (!producer.TryAdd(name, outside))
            {
                Duplicate(name, $"{where}, input '{name}'");
            }
        }

        foreach (string name in graph.Unreadable)
        {
            producer.TryAdd(name, outside);
        }

        for (int i = 0; i < graph.Nodes.Length; i++)
        {
            foreach (string output in graph.Nodes[i].Outputs.Where(output => output.Length > 0))
            {
                if (!producer.TryAdd(output, i))
                {
                    Duplicate(output, $"{where}, node '{graph.Nodes[i].Name}'");
                }
            }
        }

        var waiting = new int[graph.Nodes.Length];
        var readers = new List<int>?[graph.Nodes.Length];
        for (int i = 0; i < graph.Nodes.Length; i++)
        {
            foreach (string input in graph.Nodes[i].Inputs.Where(input => input.Length > 0))
            {
                if (!producer.TryGetValue(input, out int source))
                {
                    Undefined(input, $"{where}, node '{graph.Nodes[i].Name}' ({graph.Nodes[i].Operator})");
                }
                else if (source != outside)
                {
                    (readers[source] ??= []).Add(i);
                    waiting[i]++;
                }
            }

            // What bodies read from outside must be there as well.
            foreach (string captured in ControlFlow.FreeNames([graph.Nodes[i]]).Where(static name => name.Length > 0))
            {
                if (!producer.TryGetValue(captured, out int source))
                {
                    Undefined(captured, $"{where}, node '{graph.Nodes[i].Name}' ({graph.Nodes[i].Operator})");
                }
                else if (source != outside)
                {
                    (readers[source] ??= []).Add(i);
                    waiting[i]++;
                }
            }
        }

        foreach (Declaration output in graph.Outputs.Where(output => !producer.ContainsKey(output.Name)))
        {
            Undefined(output.Name, $"{where}, output '{output.Name}'");
        }

        return Order(graph, where, faults, waiting, readers);

        void Duplicate(string name, string place) =>
            faults.Add(
                FaultCodes.DuplicateDefinition, $"The value '{name}' is defined twice.", place, "Export the model again; every value needs one definition.");

        void Undefined(string name, string place)
        {
            if (!body)
            {
                faults.Add(
                    FaultCodes.UndefinedValue,
                    $"The value '{name}' is read but neither an input, nor an initialiser, nor any node's output.",
                    place,
                    "Export the model again with all its initialisers.");
            }
        }
    }

    private static ImmutableArray<Node> Order(RawGraph graph, string where, FaultList faults, int[] waiting, List<int>?[] readers)
    {
        var ready = new PriorityQueue<int, int>();
        for (int i = 0; i < waiting.Length; i++)
        {
            if (waiting[i] == 0)
            {
                ready.Enqueue(i, i);
            }
        }

        var order = ImmutableArray.CreateBuilder<Node>(graph.Nodes.Length);
        while (ready.TryDequeue(out int next, out _))
        {
            order.Add(graph.Nodes[next]);
            foreach (int reader in readers[next] ?? [])
            {
                if (--waiting[reader] == 0)
                {
                    ready.Enqueue(reader, reader);
                }
            }
        }

        if (order.Count < graph.Nodes.Length)
        {
            string stuck = string.Join(", ", graph.Nodes.Where((_, i) => waiting[i] > 0).Select(node => node.Name).Take(10));
            faults.Add(
                FaultCodes.CyclicGraph,
                $"{graph.Nodes.Length - order.Count} nodes need each other's results: {stuck}.",
                where,
                "Export the model again; a graph must not have cycles.");
        }

        return order.ToImmutable();
    }
}
