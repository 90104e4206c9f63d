namespace Attune.Learning;

/// <summary>
/// A table whose values are replaced by small codes, for <see cref="HistogramGrower"/>. A column with no more different values than bins loses nothing: one bin
/// per value. Others are cut so that bins hold about equally many rows. Constant columns are dropped. Immutable; made once per table and shared by the members
/// of an ensemble.
/// </summary>
internal sealed class BinnedColumns
{
    private BinnedColumns(int rows, int[] features, int[] offsets, float[] lowest, float[] highest, ushort[] codes)
    {
        Rows = rows;
        Features = features;
        Offsets = offsets;
        Lowest = lowest;
        Highest = highest;
        Codes = codes;
    }

    public int Rows { get; }

    /// <summary>The table's column behind every kept one, ascending.</summary>
    public int[] Features { get; }

    /// <summary>Kept column k owns bins [Offsets[k], Offsets[k + 1]), values ascending.</summary>
    public int[] Offsets { get; }

    /// <summary>Smallest value in every bin.</summary>
    public float[] Lowest { get; }

    /// <summary>Largest value in every bin.</summary>
    public float[] Highest { get; }

    /// <summary>Bin of every value, row after row, kept columns only.</summary>
    public ushort[] Codes { get; }

    public static BinnedColumns Of(FeatureTable table, int bins)
    {
        int rows = table.Rows;
        var features = new List<int>(table.Columns);
        var offsets = new List<int>(table.Columns + 1) { 0 };
        var lowest = new List<float>();
        var highest = new List<float>();
        var columns = new List<ushort[]>(table.Columns);
        var keys = new float[rows];
        var items = new int[rows];
        for (int column = 0; column < table.Columns; column++)
        {
            for (int row = 0; row < rows; row++)
            {
                keys[row] = table[row, column];
                items[row] = row;
            }

            if (rows == 0 || keys.AsSpan().IndexOfAnyExcept(keys[0]) < 0)
            {
                continue;
            }

            keys.AsSpan().Sort(items.AsSpan());
            features.Add(column);
            columns.Add(Encode(keys, items, bins, lowest, highest));
            offsets.Add(lowest.Count);
        }

        var codes = new ushort[rows * features.Count];
        for (int k = 0; k < features.Count; k++)
        {
            for (int row = 0; row < rows; row++)
            {
                codes[(row * features.Count) + k] = columns[k][row];
            }
        }

        return new BinnedColumns(rows, [.. features], [.. offsets], [.. lowest], [.. highest], codes);
    }

    private static ushort[] Encode(float[] sorted, int[] items, int bins, List<float> lowest, List<float> highest)
    {
        int different = 1;
        for (int i = 1; i < sorted.Length; i++)
        {
            different += sorted[i] != sorted[i - 1] ? 1 : 0;
        }

        var codes = new ushort[sorted.Length];
        int from = lowest.Count;
        for (int i = 0; i < sorted.Length; i++)
        {
            bool fresh = i == 0 || sorted[i] != sorted[i - 1];

            // Equal values never part; a crowded column starts a bin when the rows so far are due.
            bool due = different <= bins || (long)i * bins >= (long)(lowest.Count - from) * sorted.Length;
            if (i == 0 || (fresh && due && lowest.Count - from < bins))
            {
                lowest.Add(sorted[i]);
                highest.Add(sorted[i]);
            }

            highest[^1] = sorted[i];
            codes[items[i]] = (ushort)(lowest.Count - 1);
        }

        return codes;
    }
}
