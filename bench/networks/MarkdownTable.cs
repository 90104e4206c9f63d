using System.Globalization;

namespace Attune.Bench.Networks;

/// <summary>Writes tables, and numbers as they stand in them.</summary>
internal static class MarkdownTable
{
    /// <summary>What stands where nothing was measured.</summary>
    public const string Missing = "-";

    /// <summary>Writes a table; nothing when it has no rows.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="columns">Headings; one that starts with &gt; holds numbers and is right-aligned.</param>
    /// <param name="rows">Cells.</param>
    public static void Write(TextWriter output, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] all = [.. rows];
        if (all.Length == 0)
        {
            return;
        }

        output.WriteLine($"| {string.Join(" | ", columns.Select(column => column.TrimStart('>')))} |");
        output.WriteLine($"|{string.Concat(columns.Select(column => column.StartsWith('>') ? "--:|" : "---|"))}");
        foreach (IReadOnlyList<string> row in all)
        {
            output.WriteLine($"| {string.Join(" | ", row.Select(cell => cell.Replace("|", "\\|")))} |");
        }

        output.WriteLine();
    }

    /// <summary>A number with a format, or "-".</summary>
    public static string Format(double? value, string format, string unit = "") =>
        value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) + unit : Missing;

    /// <summary>A share of one as percent.</summary>
    public static string Percent(double? share, string format = "0.0") => Format(100 * share, format, " %");
}
