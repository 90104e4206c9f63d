using Spectre.Console;

namespace Attune.Cli.Output;

/// <summary>
/// Tables of reports: no frames, columns two blanks apart, numbers to the right. Where the terminal is too narrow, columns are left out and named.
/// </summary>
internal static class ReportTable
{
    private const int Gap = 2;
    private const int LongestWord = 28;

    /// <summary>Prints a table.</summary>
    /// <param name="report">Where to.</param>
    /// <param name="columns">
    /// Headings; one that starts with &gt; holds numbers and is right-aligned; one that starts with ? (before any &gt;) is among the first to go where there is
    /// little room.
    /// </param>
    /// <param name="rows">Cells, as plain text.</param>
    public static void Print(IAnsiConsole report, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        string[][] cells = [.. rows.Select(row => row.Select(VisibleText.Of).ToArray())];
        bool[] numeric = [.. columns.Select(column => column.TrimStart('?').StartsWith('>'))];
        string[] headings = [.. columns.Select(column => column.TrimStart('?', '>'))];
        int[] widths = [.. headings.Select(
            (heading, column) => cells.Select(row => row[column]).Append(heading).Max(cell => NarrowestOf(cell, numeric[column])))];
        List<int> kept = Fitting(columns, widths, report.Profile.Width);
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (int column in kept)
        {
            table.AddColumn(new TableColumn(new Text(headings[column], new Style(decoration: Decoration.Dim)))
            {
                Alignment = numeric[column] ? Justify.Right : Justify.Left,
                Padding = new Padding(0, 0, Gap, 0),
                NoWrap = numeric[column],
            });
        }

        foreach (string[] row in cells)
        {
            table.AddRow(kept.Select(column => new Text(row[column])));
        }

        report.Write(table);
        if (kept.Count < columns.Count)
        {
            report.Line($"({report.Profile.Width} columns are too narrow for: {string.Join(", ", headings.Where((_, column) => !kept.Contains(column)))})");
        }
    }

    // Numbers stay on one line; texts may be wrapped between words.
    private static int NarrowestOf(string cell, bool numeric) => numeric ? cell.Length : Math.Min(LongestWord, cell.Split(' ').Max(word => word.Length));

    private static List<int> Fitting(IReadOnlyList<string> columns, int[] widths, int width)
    {
        List<int> kept = [.. Enumerable.Range(0, columns.Count)];
        while (kept.Count > 1 && kept.Sum(column => widths[column] + Gap) > width)
        {
            // The first column says what a row is about.
            int dispensable = kept.FindLastIndex(column => column > 0 && columns[column].StartsWith('?'));
            kept.RemoveAt(dispensable > 0 ? dispensable : kept.Count - 1);
        }

        return kept;
    }
}
