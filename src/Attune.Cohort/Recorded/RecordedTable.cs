using System.Collections.Immutable;
using System.Globalization;

namespace Attune.Cohort.Recorded;

/// <summary>A CSV file of numbers with a header line: columns by name, cells as text or numbers. Every reason not to read it is a problem.</summary>
internal sealed class RecordedTable
{
    private const long LargestFile = 1L << 26;
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
    /// <param name="needed">Columns that it must have.</param>
    /// <param name="problems">Where problems go.</param>
    public static RecordedTable? Read(string path, ImmutableArray<string> needed, ImmutableArray<DocumentProblem>.Builder problems)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > LargestFile)
            {
                problems.Add(new DocumentProblem(path, file.Exists ? $"the file has {file.Length} bytes, at most {LargestFile} are read" : "there is no such file"));
                return null;
            }

            string[] lines = File.ReadAllLines(path);
            string[] header = lines.Length > 0 ? lines[0].Split(',') : [];
            if (needed.FirstOrDefault(column => !header.Contains(column)) is { } missing)
            {
                problems.Add(new DocumentProblem(path, $"line 1 has no column '{missing}'"));
                return null;
            }

            var read = new List<string[]>();
            for (int i = 1; i < lines.Length; i++)
            {
                string[] cells = lines[i].Split(',');
                if (cells.Length != header.Length)
                {
                    problems.Add(new DocumentProblem(path, $"line {i + 1} has {cells.Length} cells, line 1 has {header.Length}"));
                    return null;
                }

                read.Add(cells);
            }

            return new RecordedTable(header, read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(new DocumentProblem(path, exception.Message.TrimEnd('.')));
            return null;
        }
    }

    public string Text(int row, string column) => rows[row][Array.IndexOf(columns, column)];

    /// <summary>A number; 0 for an empty cell, NaN for one that is none.</summary>
    public double Number(int row, string column)
    {
        string text = Text(row, column);
        return text.Length == 0 ? 0 : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN;
    }
}
