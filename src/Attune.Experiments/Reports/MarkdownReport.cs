using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Attune.Experiments.Reports;

/// <summary>Writes reports as Markdown. Charts become tables of the numbers that they draw: every figure can be read without a browser.</summary>
public static class MarkdownReport
{
    private const int MaxChartRows = 24;

    /// <summary>The report's text.</summary>
    public static string Of(ReportDocument report)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(report.Title).Append("\n\n**").Append(Plain(report.Scale)).Append("**\n\n");
        foreach (string condition in report.Conditions)
        {
            text.Append("- ").Append(Plain(condition)).Append('\n');
        }

        foreach (ReportSection section in report.Sections)
        {
            text.Append("\n## ").Append(Plain(section.Title)).Append('\n');
            foreach (ReportBlock block in section.Blocks)
            {
                text.Append('\n');
                Append(text, block);
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ReportBlock block)
    {
        switch (block)
        {
            case ReportParagraph paragraph:
                text.Append(Plain(paragraph.Text)).Append('\n');
                break;
            case ReportTable table:
                Append(text, table);
                break;
            case HeatMap map:
                Append(text, map.ToTable());
                break;
            case LineChart chart:
                Append(text, OfPoints(chart.Caption, chart.XTitle, chart.YTitle, chart.Series));
                break;
            case BarChart chart:
                Append(text, OfBars(chart));
                break;
            case ScatterChart chart:
                text.Append(Plain(chart.Caption)).Append(": drawn in report.html; the numbers are in report.json.\n");
                break;
        }
    }

    private static void Append(StringBuilder text, ReportTable table)
    {
        text.Append(Plain(table.Caption)).Append("\n\n| ");
        text.AppendJoin(" | ", table.Columns.Select(column => Plain(column.TrimStart('>')))).Append(" |\n|");
        text.AppendJoin("|", table.Columns.Select(column => column.StartsWith('>') ? "--:" : "---")).Append("|\n");
        foreach (ImmutableArray<string> row in table.Rows)
        {
            text.Append("| ").AppendJoin(" | ", row.Select(Plain)).Append(" |\n");
        }
    }

    private static ReportTable OfPoints(string caption, string x, string y, ImmutableArray<ChartSeries> series)
    {
        double[] places = [.. series.SelectMany(each => each.Points).Select(point => point.X).Distinct().Order()];
        double[] shown = places.Length <= MaxChartRows
            ? places
            : [.. Enumerable.Range(0, MaxChartRows).Select(i => places[(int)Math.Round(i * (places.Length - 1) / (MaxChartRows - 1.0))])];
        return new ReportTable(
            $"{caption} ({y})",
            [$">{x}", .. series.Select(each => $">{each.Name}")],
            [.. shown.Select(place => (ImmutableArray<string>)[Number(place), .. series.Select(each => At(each, place))])]);
    }

    private static ReportTable OfBars(BarChart chart) => new(
        $"{chart.Caption} ({chart.YTitle})",
        [string.Empty, .. chart.Series.Select(each => $">{each.Name}")],
        [.. chart.Groups.Select((group, i) => (ImmutableArray<string>)[group, .. chart.Series.Select(each => At(each, i))])]);

    private static string At(ChartSeries series, double place)
    {
        foreach (ChartPoint point in series.Points)
        {
            if (point.X.Equals(place))
            {
                return Number(point.Y);
            }
        }

        return string.Empty;
    }

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static string Plain(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace('\n', ' ');
}
