namespace Attune.Learning;

/// <summary>
/// The columns of a table, each sorted once per fit, without constant columns (they cannot split) and without rows of weight 0.
/// Flat arrays: entry [slot * Rows + i] is the i-th smallest value of the slot-th kept column.
/// </summary>
internal sealed class SortedColumns
{
    private SortedColumns(int rows, int[] features, float[] values, int[] order)
    {
        Rows = rows;
        Features = features;
        Values = values;
        Order = order;
    }

    /// <summary>Rows that take part.</summary>
    public int Rows { get; }

    /// <summary>The table's column behind every kept one, ascending.</summary>
    public int[] Features { get; }

    /// <summary>Sorted values, column after column.</summary>
    public float[] Values { get; }

    /// <summary>The table's row of every sorted value.</summary>
    public int[] Order { get; }

    public static SortedColumns Of(FeatureTable table, ReadOnlySpan<float> weights)
    {
        var rows = new List<int>(table.Rows);
        for (int row = 0; row < table.Rows; row++)
        {
            if (weights.IsEmpty || weights[row] > 0)
            {
                rows.Add(row);
            }
        }

        var features = new List<int>(table.Columns);
        var values = new float[table.Columns * rows.Count];
        var order = new int[values.Length];
        for (int column = 0; column < table.Columns; column++)
        {
            int from = features.Count * rows.Count;
            Span<float> keys = values.AsSpan(from, rows.Count);
            Span<int> items = order.AsSpan(from, rows.Count);
            for (int i = 0; i < rows.Count; i++)
            {
                keys[i] = table[rows[i], column];
                items[i] = rows[i];
            }

            if (keys.IsEmpty || keys.IndexOfAnyExcept(keys[0]) < 0)
            {
                continue;
            }

            keys.Sort(items);
            features.Add(column);
        }

        return new SortedColumns(rows.Count, [.. features], values, order);
    }
}
