namespace Attune.Learning.Linear;

/// <summary>A dense matrix of doubles, row-major. Not safe for concurrent writing.</summary>
public sealed class DenseMatrix
{
    private readonly double[] values;

    /// <summary>Makes a matrix over values.</summary>
    /// <param name="rows">Rows, at least 0.</param>
    /// <param name="columns">Columns, at least 0.</param>
    /// <param name="values">Row-major, as many as fit; kept, not copied. Null makes zeros.</param>
    /// <exception cref="ArgumentException">The number of values is another one.</exception>
    public DenseMatrix(int rows, int columns, double[]? values = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        this.values = values ?? new double[rows * columns];
        if (this.values.Length != rows * columns)
        {
            throw new ArgumentException($"{this.values.Length} values do not fill a matrix of {rows} x {columns}.", nameof(values));
        }

        Rows = rows;
        Columns = columns;
    }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Columns.</summary>
    public int Columns { get; }

    /// <summary>One entry.</summary>
    public double this[int row, int column]
    {
        get => values[(row * Columns) + column];
        set => values[(row * Columns) + column] = value;
    }

    /// <summary>One row; writing to it changes the matrix.</summary>
    public Span<double> Row(int row) => values.AsSpan(row * Columns, Columns);

    /// <summary>A copy of some rows, in the order asked for.</summary>
    public DenseMatrix SelectRows(ReadOnlySpan<int> rows)
    {
        var selected = new DenseMatrix(rows.Length, Columns);
        for (int i = 0; i < rows.Length; i++)
        {
            Row(rows[i]).CopyTo(selected.Row(i));
        }

        return selected;
    }

    /// <summary>The matrix times a vector.</summary>
    public double[] Times(ReadOnlySpan<double> vector)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(vector.Length, Columns);
        var product = new double[Rows];
        for (int i = 0; i < Rows; i++)
        {
            product[i] = Dot(Row(i), vector);
        }

        return product;
    }

    /// <summary>The transposed matrix times a vector.</summary>
    public double[] TransposedTimes(ReadOnlySpan<double> vector)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(vector.Length, Rows);
        var product = new double[Columns];
        for (int i = 0; i < Rows; i++)
        {
            AddScaled(product, Row(i), vector[i]);
        }

        return product;
    }

    /// <summary>The transposed matrix.</summary>
    public DenseMatrix Transposed()
    {
        var transposed = new DenseMatrix(Columns, Rows);
        for (int i = 0; i < Rows; i++)
        {
            ReadOnlySpan<double> row = Row(i);
            for (int j = 0; j < row.Length; j++)
            {
                transposed[j, i] = row[j];
            }
        }

        return transposed;
    }

    /// <summary>A copy with column j multiplied by factor j.</summary>
    public DenseMatrix ScaledColumns(ReadOnlySpan<double> factors)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(factors.Length, Columns);
        var scaled = new DenseMatrix(Rows, Columns, (double[])values.Clone());
        for (int i = 0; i < Rows; i++)
        {
            Span<double> row = scaled.Row(i);
            for (int j = 0; j < row.Length; j++)
            {
                row[j] *= factors[j];
            }
        }

        return scaled;
    }

    /// <summary>Sum of products.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Gaussian.Rows.Dot(a, b);

    /// <summary>target := target + factor * source.</summary>
    public static void AddScaled(Span<double> target, ReadOnlySpan<double> source, double factor) => Gaussian.Rows.AddScaled(target, source, factor);
}
