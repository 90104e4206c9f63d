using System.Collections.Immutable;
using System.Globalization;
using Attune.Records.Csv;

namespace Attune.Design.Data;

/// <summary>A table of text with a header: comma-separated as RFC 4180 has it but without line ends in quotes, UTF-8. Immutable.</summary>
internal sealed class CsvTable
{
    private readonly string path;
    private readonly List<(int Line, string[] Fields)> rows;

    private CsvTable(string path, ImmutableArray<string> columns, List<(int Line, string[] Fields)> rows)
    {
        this.path = path;
        Columns = columns;
        this.rows = rows;
    }

    public ImmutableArray<string> Columns { get; }

    public int Rows => rows.Count;

    /// <summary>Reads a file.</summary>
    /// <exception cref="DesignDataException">
    /// There is no header, a column's name comes twice, a row has another number of fields, or a quote is not closed.
    /// </exception>
    public static CsvTable Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new DesignDataException($"There is no file {path}. A folder of designs holds latency_ms.csv with a column per device.");
        }

        ImmutableArray<string> columns = default;
        var read = new List<(int Line, string[] Fields)>();
        using StreamReader text = File.OpenText(path);
        foreach (CsvRow row in CsvRows.Read(text))
        {
            if (row.Problem is { } problem)
            {
                throw new DesignDataException($"{path}, line {row.Line}: {problem}.");
            }

            if (columns.IsDefault)
            {
                columns = [.. row.Fields.Select(field => field.Trim())];
                if (columns.Distinct().Count() < columns.Length)
                {
                    throw new DesignDataException($"{path}: two columns have one name; rename one of them.");
                }
            }
            else if (row.Fields.Length != columns.Length)
            {
                throw new DesignDataException($"{path}, line {row.Line}: {row.Fields.Length} fields, but the header names {columns.Length} columns; is a value "
                    + "with a comma missing its quotes?");
            }
            else
            {
                read.Add((row.Line, row.Fields));
            }
        }

        return columns.IsDefault ? throw new DesignDataException($"{path} is empty; its first line must name the columns.") : new CsvTable(path, columns, read);
    }

    /// <summary>One field.</summary>
    public string this[int row, int column] => rows[row].Fields[column];

    /// <summary>A column as numbers; NaN where the field is empty.</summary>
    /// <exception cref="DesignDataException">A field is no number.</exception>
    public double[] Numbers(int column)
    {
        var numbers = new double[rows.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            (int line, string[] fields) = rows[i];
            string field = fields[column];
            if (field.Length == 0)
            {
                numbers[i] = double.NaN;
            }
            else if (!double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
            {
                throw new DesignDataException(
                    $"{path}, line {line}, column {Columns[column]}: '{field}' is no number; leave the field empty where a design could not be measured.");
            }
        }

        return numbers;
    }
}
