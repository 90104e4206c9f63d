using System.Collections.Immutable;

namespace Attune.Design.Spaces.Known;

/// <summary>
/// The space of NAS-Bench-201 (Dong and Yang, ICLR 2020): a cell of four nodes, one of five operators on each of its six edges, 15,625 designs. Encoded as
/// OneProxy does: one column per edge and operator, and one for what all designs share; each edge's columns sum to the last one, so the rank is 25 of 31.
/// </summary>
public static class NasBench201
{
    /// <summary>Operators, in the order of the columns.</summary>
    public static ImmutableArray<string> Operators { get; } = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"];

    /// <summary>Edges as target_source, in the order of the columns.</summary>
    public static ImmutableArray<string> Edges { get; } = ["1_0", "2_0", "2_1", "3_0", "3_1", "3_2"];

    /// <summary>The space.</summary>
    public static DesignSpace Space { get; } = new("nas-bench-201", [.. Edges.Select(edge => new Gene($"edge{edge}", Operators))], [], new EncodingOnly());

    /// <summary>Columns of the encoding.</summary>
    public static int Columns => (Edges.Length * Operators.Length) + 1;

    /// <summary>The encoding of a design: <see cref="Columns"/> zeros and ones, the last one always one.</summary>
    public static double[] Encode(SpacePoint point)
    {
        double[] columns = new double[Columns];
        for (int edge = 0; edge < Edges.Length; edge++)
        {
            columns[(edge * Operators.Length) + point[edge]] = 1;
        }

        columns[^1] = 1;
        return columns;
    }

    /// <summary>The design that the benchmark writes as <c>|op~0|+|op~0|op~1|+|op~0|op~1|op~2|</c>; null when the text is none.</summary>
    public static SpacePoint? Parse(string text)
    {
        string[] parts = text.Split(['|', '+'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != Edges.Length)
        {
            return null;
        }

        int[] choices = new int[Edges.Length];
        for (int i = 0; i < choices.Length; i++)
        {
            string[] halves = parts[i].Split('~');
            choices[i] = halves.Length == 2 && Edges[i].EndsWith($"_{halves[1]}", StringComparison.Ordinal) ? Operators.IndexOf(halves[0]) : -1;
            if (choices[i] < 0)
            {
                return null;
            }
        }

        return new SpacePoint([.. choices]);
    }
}
