using Spectre.Console;

namespace Attune.Cli.Output;

/// <summary>Tables of reports: no frames, columns two blanks apart, numbers to the right.</summary>
internal static class ReportTable
{
    /// <summary>Prints a table.</summary>
    /// <param name="report">Where to.</param>
    /// <param name="columns">Headings; one that starts with &gt; holds numbers and is right-aligned.</param>
    /// <param name="rows">Cells, as plain text.</param>
    public static void Print(IAnsiConsole report, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        for (int i = 0; i < columns.Count; i++)
        {
            bool number = columns[i].StartsWith('>');
            var column = new TableColumn(new Text(columns[i].TrimStart('>'), new Style(decoration: Decoration.Dim)))
            {
                Alignment = number ? Justify.Right : Justify.Left,
                Padding = new Padding(0, 0, 2, 0),
                NoWrap = number,
            };
            table.AddColumn(column);
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        report.Write(table);
    }
}
