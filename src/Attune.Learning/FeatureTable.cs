namespace Attune.Learning;

/// <summary>
/// Rows of features in one flat row-major array, the input of every model here. Grows by appending; not safe for concurrent writing.
/// </summary>
public sealed class FeatureTable
{
    private float[] values;
    private (int Bins, BinnedColumns Columns)? binned;

    /// <summary>Makes an empty table.</summary>
    /// <param name="columns">Features per row, at least 0.</param>
    /// <param name="capacity">Rows to reserve.</param>
    public FeatureTable(int columns, int capacity = 64)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        Columns = columns;
        values = new float[columns * Math.Max(capacity, 1)];
    }

    /// <summary>Features per row.</summary>
    public int Columns { get; }

    /// <summary>Rows added so far.</summary>
    public int Rows { get; private set; }

    /// <summary>One value.</summary>
    public float this[int row, int column] => Row(row)[column];

    /// <summary>A table of these rows, which must have equal lengths.</summary>
    public static FeatureTable Of(IReadOnlyList<float[]> rows)
    {
        var table = new FeatureTable(rows.Count == 0 ? 0 : rows[0].Length, rows.Count);
        foreach (float[] row in rows)
        {
            table.Add(row);
        }

        return table;
    }

    /// <summary>Appends a row.</summary>
    /// <exception cref="ArgumentException">The row has another length, or a value that is not finite (models here know no missing values).</exception>
    public void Add(ReadOnlySpan<float> row)
    {
        if (row.Length != Columns)
        {
            throw new ArgumentException(
                $"A row of {row.Length} features does not fit a table of {Columns} columns; features of one task must have one length.", nameof(row));
        }

        foreach (float value in row)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException($"Feature value {value} is not finite; clamp or replace it where the feature is computed.", nameof(row));
            }
        }

        if ((Rows + 1) * Columns > values.Length)
        {
            Array.Resize(ref values, Math.Max(values.Length * 2, Columns));
        }

        row.CopyTo(values.AsSpan(Rows * Columns));
        Rows++;
    }

    /// <summary>The table in bins, made once for as long as no row is added: the members of an ensemble share it.</summary>
    internal BinnedColumns Binned(int bins)
    {
        if (binned is not { } kept || kept.Bins != bins || kept.Columns.Rows != Rows)
        {
            binned = kept = (bins, BinnedColumns.Of(this, bins));
        }

        return kept.Columns;
    }

    /// <summary>The features of one row.</summary>
    public ReadOnlySpan<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows);
        return values.AsSpan(row * Columns, Columns);
    }
}
