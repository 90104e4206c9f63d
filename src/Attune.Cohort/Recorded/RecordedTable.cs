using System.Collections.Immutable;
using System.Globalization;
using Attune.Records.Csv;
using Attune.Records.Documents;

namespace Attune.Cohort.Recorded;

/// <summary>A CSV file of numbers with a header line: columns by name, cells as text or numbers. Every reason not to read it is a problem.</summary>
internal sealed class RecordedTable
{
    private const long LargestFile = 1L << 26;
    private const int LongestExcerpt = 40;
    private readonly string[] columns;
    private readonly List<string[]> rows;

    private RecordedTable(string[] columns, List<string[]> rows)
    {
        this.columns = columns;
        this.rows = rows;
    }

    public int Count => rows.Count;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="texts">Columns of text that it must have.</param>
    /// <param name="numbers">
    /// Columns of finite numbers that it must have; one whose name ends in a question mark here may have empty cells, which count as 0.
    /// </param>
    /// <param name="problems">Where problems go.</param>
    public static RecordedTable? Read(
        string path,
        ImmutableArray<string> texts,
        ImmutableArray<string> numbers,
        ImmutableArray<DocumentProblem>.Builder problems)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length <= LargestFile)
            {
                using StreamReader reader = File.OpenText(path);
                (RecordedTable? table, string? problem) = Parse(reader, texts, numbers);
                if (problem is not null)
                {
                    problems.Add(new DocumentProblem(path, problem));
                }

                return table;
            }

            problems.Add(
                new DocumentProblem(path, file.Exists ? $"the file has {file.Length} bytes, at most {LargestFile} are read" : "there is no such file"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(new DocumentProblem(path, exception.Message.TrimEnd('.')));
        }

        return null;
    }

    public string Text(int row, string column) => rows[row][Array.IndexOf(columns, column)];

    /// <summary>A number of a column that was read as one; 0 for an empty cell.</summary>
    public double Number(int row, string column) =>
        Text(row, column) is { Length: > 0 } text ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : 0;

    private static (RecordedTable? Table, string? Problem) Parse(TextReader reader, ImmutableArray<string> texts, ImmutableArray<string> numbers)
    {
        string[] needed = [.. numbers.Select(name => name.TrimEnd('?')), .. texts];
        string[] header = [];
        (int Column, bool MayBeEmpty)[] checks = [];
        var read = new List<string[]>();
        foreach (CsvRow row in CsvRows.Read(reader))
        {
            (int line, string[] cells) = (row.Line, row.Fields);
            if (row.Problem is { } problem)
            {
                return (null, $"line {line}: {problem}");
            }

            if (header.Length == 0)
            {
                header = cells;
                if (needed.FirstOrDefault(column => !header.Contains(column)) is { } missing)
                {
                    return (null, $"line {line} has no column '{missing}'");
                }

                checks = [.. numbers.Select(name => (Array.IndexOf(header, name.TrimEnd('?')), name.EndsWith('?')))];
                continue;
            }

            if (cells.Length != header.Length)
            {
                return (null, $"line {line} has {cells.Length} cells, line 1 has {header.Length}");
            }

            foreach ((int column, bool mayBeEmpty) in checks)
            {
                if (!IsNumber(cells[column], mayBeEmpty))
                {
                    string cell = cells[column].Length > LongestExcerpt ? cells[column][..LongestExcerpt] : cells[column];
                    return (null, $"line {line}, column {header[column]}: '{cell}' is no number");
                }
            }

            read.Add(cells);
        }

        return header.Length > 0
            ? (new RecordedTable(header, read), null)
            : (null, $"the file is empty; its first line must name the columns {string.Join(", ", needed)}");
    }

    private static bool IsNumber(string cell, bool mayBeEmpty) => cell.Length == 0
        ? mayBeEmpty
        : double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number);
}
