using System.Collections.Immutable;
using Attune.Learning.Linear;

namespace Attune.Design.Data;

/// <summary>
/// Execution units of cells whose genes are the operations on the edges of a graph, as in NAS-Bench-201: what is left to execute when edges without an
/// operation, and all that hangs on them alone, are taken away. On most measured devices a sum over these counts explains latencies far better than the genes
/// themselves do, because compilers remove dead branches and because parallel branches overlap. Per cell: alive operations by kind and by edge, additions by
/// node, the longest chain of operations, the most operations of each kind on one path. Pure.
/// </summary>
public static class CellStructure
{
    private const string None = "none";
    private const string Skip = "skip_connect";

    /// <summary>Counts units of every design.</summary>
    /// <param name="geneNames">Names "op_TO_FROM" of the edges, nodes numbered along the graph, node 0 the input, the highest the output.</param>
    /// <param name="geneValues">Names of every gene's operations.</param>
    /// <param name="genes">Genes of every design.</param>
    /// <returns>Counts and the names of their columns; null when the genes are not edges of a cell.</returns>
    public static (DenseMatrix Units, ImmutableArray<string> Names)? Of(
        ImmutableArray<string> geneNames, ImmutableArray<ImmutableArray<string>> geneValues, int[][] genes)
    {
        var edges = new List<(int From, int To)>();
        foreach (string name in geneNames)
        {
            string[] parts = name.Split('_');
            if (parts.Length != 3 || !int.TryParse(parts[1], out int to) || !int.TryParse(parts[2], out int from) || from >= to || from < 0)
            {
                return null;
            }

            edges.Add((from, to));
        }

        string[] kinds = [.. geneValues.SelectMany(values => values).Distinct().Where(kind => kind != None).Order(StringComparer.Ordinal)];
        if (!geneValues.Any(values => values.Contains(None)) || kinds.Length == 0)
        {
            return null;
        }

        var cell = new Cell([.. edges], kinds);
        var units = new DenseMatrix(genes.Length, cell.Names.Length);
        for (int i = 0; i < genes.Length; i++)
        {
            cell.Count([.. genes[i].Select((value, e) => geneValues[e][value])], units.Row(i));
        }

        return (units, cell.Names);
    }

    private sealed class Cell
    {
        private readonly (int From, int To)[] edges;
        private readonly string[] kinds;
        private readonly int[] forward;
        private readonly int nodes;

        public Cell((int From, int To)[] edges, string[] kinds)
        {
            this.edges = edges;
            this.kinds = kinds;
            nodes = edges.Max(edge => edge.To) + 1;
            forward = [.. Enumerable.Range(0, edges.Length).OrderBy(e => edges[e].From)];
            Names =
            [
                .. kinds.Select(kind => $"alive {kind}"),
                .. edges.SelectMany(edge => kinds.Select(kind => $"alive {kind} {edge.From}-{edge.To}")),
                .. Enumerable.Range(1, nodes - 1).Select(node => $"additions at {node}"),
                .. Enumerable.Range(1, nodes - 1).Select(node => $"node {node} used"),
                "longest chain",
                .. kinds.Where(kind => kind != Skip).Select(kind => $"most {kind} on a path"),
                .. kinds.Select(kind => $"any {kind}"),
                "bias",
            ];
        }

        public ImmutableArray<string> Names { get; }

        public void Count(string[] operations, Span<double> row)
        {
            bool[] alive = Alive(operations);
            int at = 0;
            foreach (string kind in kinds)
            {
                row[at++] = Enumerable.Range(0, edges.Length).Count(e => alive[e] && operations[e] == kind);
            }

            for (int e = 0; e < edges.Length; e++)
            {
                foreach (string kind in kinds)
                {
                    row[at++] = alive[e] && operations[e] == kind ? 1 : 0;
                }
            }

            for (int node = 1; node < nodes; node++)
            {
                int inputs = Enumerable.Range(0, edges.Length).Count(e => alive[e] && edges[e].To == node);
                row[at] = Math.Max(0, inputs - 1);
                row[at + nodes - 1] = inputs > 0 ? 1 : 0;
                at++;
            }

            at += nodes - 1;
            row[at++] = Longest(operations, alive, operation => operation != Skip);
            foreach (string kind in kinds.Where(kind => kind != Skip))
            {
                row[at++] = Longest(operations, alive, operation => operation == kind);
            }

            for (int k = 0; k < kinds.Length; k++)
            {
                row[at++] = row[k] > 0 ? 1 : 0;
            }

            row[at] = 1;
        }

        /// <summary>Edges on some path of operations from the input to the output.</summary>
        private bool[] Alive(string[] operations)
        {
            var reached = new bool[nodes];
            var needed = new bool[nodes];
            reached[0] = true;
            needed[nodes - 1] = true;
            foreach (int e in forward)
            {
                reached[edges[e].To] |= reached[edges[e].From] && operations[e] != None;
            }

            foreach (int e in forward.OrderByDescending(e => edges[e].To))
            {
                needed[edges[e].From] |= needed[edges[e].To] && operations[e] != None;
            }

            return [.. edges.Select((edge, e) => operations[e] != None && reached[edge.From] && needed[edge.To])];
        }

        private double Longest(string[] operations, bool[] alive, Func<string, bool> counts)
        {
            var length = new double[nodes];
            foreach (int e in forward)
            {
                if (alive[e])
                {
                    length[edges[e].To] = Math.Max(length[edges[e].To], length[edges[e].From] + (counts(operations[e]) ? 1 : 0));
                }
            }

            return length[nodes - 1];
        }
    }
}
